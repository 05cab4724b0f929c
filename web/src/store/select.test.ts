import { expect, test } from 'vitest';
import { anAssignment, anIncident, aReport, arrived, aSnapshot, aUnit } from '../testing';
import type { Priority } from '../wire';
import { fromSnapshot } from './desk';
import {
  assignmentsOf,
  claimedBy,
  compareInQueue,
  compareUnits,
  incidentsOf,
  liveAssignmentOf,
  queueOf,
} from './select';

const ids = (items: { id: string }[]) => items.map(({ id }) => id);

test('the queue goes by lane, then by arrival, then by id', () => {
  const reports = [
    arrived('d', 3, 1),
    arrived('c', 1, 9),
    arrived('b', 1, 5),
    arrived('a', 3, 1),
    aReport('taken', { state: { name: 'claimed', by: 'me' } }, 1),
  ];
  expect(ids(queueOf(fromSnapshot(aSnapshot({ reports }))))).toEqual(['b', 'c', 'a', 'd']);
});

test('nobody is skipped: every pair of a random queue stands in the right order', () => {
  const reports = Array.from({ length: 60 }, (_, index) =>
    arrived(`r${index}`, (1 + ((index * 7) % 4)) as Priority, (index * 37) % 60),
  );
  const queue = queueOf(fromSnapshot(aSnapshot({ reports })));
  expect(queue).toHaveLength(60);
  for (let ahead = 0; ahead < queue.length; ahead += 1) {
    for (let behind = ahead + 1; behind < queue.length; behind += 1) {
      const [a, b] = [queue[ahead], queue[behind]];
      if (a === undefined || b === undefined) throw new Error('a hole in the queue');
      const fair =
        a.reading.priority < b.reading.priority ||
        (a.reading.priority === b.reading.priority && a.stamps.received_at <= b.stamps.received_at);
      expect(fair).toBe(true);
    }
  }
});

test('my reports are those I hold, and those whose reporter I asked', () => {
  const reports = [
    aReport('mine', { state: { name: 'claimed', by: 'me' } }),
    aReport('asked', { state: { name: 'waiting_reporter', by: 'me' } }),
    aReport('machine', { state: { name: 'waiting_reporter', by: null } }),
    aReport('hers', { state: { name: 'claimed', by: 'her' } }),
  ];
  const desk = fromSnapshot(aSnapshot({ reports }));
  expect(ids(claimedBy(desk, 'me')).sort()).toEqual(['asked', 'mine']);
});

test('a unit has the one assignment that is still live', () => {
  const assignments = [
    anAssignment('old', { state: 'cleared' }),
    anAssignment('now', { state: 'en_route' }),
  ];
  const desk = fromSnapshot(aSnapshot({ assignments, units: [aUnit('u', { assignment: 'old' })] }));
  expect(liveAssignmentOf(desk, desk.units.get('u'))?.id).toBe('now');
  expect(liveAssignmentOf(desk, aUnit('other'))).toBeNull();
  expect(liveAssignmentOf(desk, undefined)).toBeNull();
});

test('an incident that waits for a unit comes before one that has one, held ones after both', () => {
  const incidents = [
    anIncident('held', { state: 'held', priority: 1 }),
    anIncident('rolling', { state: 'responding', priority: 1 }),
    anIncident('closed', { state: 'closed', priority: 1 }),
    anIncident('waits', { state: 'queued', priority: 3 }),
  ];
  const desk = fromSnapshot(aSnapshot({ incidents }));
  expect(ids(incidentsOf(desk))).toEqual(['waits', 'rolling', 'held']);
  expect(ids(incidentsOf(desk, true)).at(-1)).toBe('closed');
});

test('a unit in danger heads the list, and 2 comes before 10', () => {
  const units = [aUnit('Sabhara-10'), aUnit('Sabhara-2'), aUnit('Lantas-9', { emergency: true })];
  expect(ids([...units].sort(compareUnits))).toEqual(['Lantas-9', 'Sabhara-2', 'Sabhara-10']);
});

test('assignments of an incident are listed newest first', () => {
  const stamp = (second: number) => ({
    ...anAssignment('x').stamps,
    offered_at: `2026-11-22T03:00:0${second}.000000Z`,
  });
  const assignments = [
    anAssignment('first', { stamps: stamp(1) }),
    anAssignment('second', { stamps: stamp(2) }),
    anAssignment('elsewhere', { incident: 'j' }),
  ];
  expect(ids(assignmentsOf(fromSnapshot(aSnapshot({ assignments })), 'i'))).toEqual([
    'second',
    'first',
  ]);
});

test('what was set aside stands behind everything, what is guarded behind priority 1 alone', () => {
  const noise = { ...arrived('noise', 3, 1), lane: 'set_aside' as const };
  const guarded = { ...arrived('guarded', 2, 2), lane: 'guarded' as const };
  const all = [
    noise,
    guarded,
    arrived('question', 4, 3),
    arrived('urgent', 2, 4),
    arrived('life', 1, 5),
  ];
  const order = all.toSorted(compareInQueue).map(({ id }) => id);
  expect(order).toEqual(['life', 'guarded', 'urgent', 'question', 'noise']);
});
