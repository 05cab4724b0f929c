import { expect, test } from 'vitest';
import { anAssignment, anEntry, anIncident, aReport, aSnapshot, aUnit } from '../testing';
import {
  applyEntry,
  concerns,
  continueTimeline,
  emptyDesk,
  fromSnapshot,
  RECENT_ENTRIES,
  upsert,
} from './desk';

test('an entry puts what changed in by id and leaves the rest alone', () => {
  const before = fromSnapshot(aSnapshot({ seq: 7, reports: [aReport('a'), aReport('b')] }));
  const claimed = aReport('a', { state: { name: 'claimed', by: 'me' } });
  const after = applyEntry(before, anEntry(8, { reports: [claimed] }));
  expect(after.seq).toBe(8);
  expect(after.reports.get('a')).toBe(claimed);
  expect(after.reports.get('b')).toBe(before.reports.get('b'));
  expect(after.units).toBe(before.units);
  expect(before.reports.get('a')?.state.name).toBe('queued');
});

test('an entry seen before changes nothing', () => {
  const desk = fromSnapshot(aSnapshot({ seq: 7, reports: [aReport('a')] }));
  expect(applyEntry(desk, anEntry(7, { reports: [aReport('z')] }))).toBe(desk);
  expect(applyEntry(desk, anEntry(3, { reports: [aReport('z')] }))).toBe(desk);
});

test('applying entries one by one ends where a snapshot of the end begins', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  let desk = emptyDesk();
  const truth = new Map<string, ReturnType<typeof aReport>>();
  for (let seq = 1; seq <= 500; seq += 1) {
    const report = aReport(`r${random(40)}`, { number: `N${seq}` });
    truth.set(report.id, report);
    desk = applyEntry(desk, anEntry(seq, { reports: [report] }));
    if (random(5) === 0) desk = applyEntry(desk, anEntry(seq, { reports: [aReport('ghost')] }));
  }
  expect(new Map(desk.reports)).toEqual(truth);
  expect(desk.seq).toBe(500);
  expect(desk.recent).toHaveLength(RECENT_ENTRIES);
  expect(desk.recent[0]?.seq).toBe(500);
});

test('a new unit can be found by its short number at once', () => {
  const desk = fromSnapshot(aSnapshot({ seq: 1, units: [aUnit('u1', { no: 1 })] }));
  const after = applyEntry(desk, anEntry(2, { units: [aUnit('u9', { no: 9 })] }));
  expect(after.unitByNo.get(9)).toBe('u9');
  expect(after.unitByNo.get(1)).toBe('u1');
});

test('a known unit does not rebuild the numbers', () => {
  const desk = fromSnapshot(aSnapshot({ seq: 1, units: [aUnit('u1', { no: 1 })] }));
  const after = applyEntry(desk, anEntry(2, { units: [aUnit('u1', { no: 1, status: 'busy' })] }));
  expect(after.unitByNo).toBe(desk.unitByNo);
});

test('the ticker survives a fresh snapshot of the same office only', () => {
  const desk = applyEntry(fromSnapshot(aSnapshot({ seq: 1 })), anEntry(2));
  expect(fromSnapshot(aSnapshot({ seq: 9 }), desk).recent).toHaveLength(1);
  expect(fromSnapshot(aSnapshot({ seq: 9, polres: 'kudus' }), desk).recent).toHaveLength(0);
});

test('nothing changed gives the same map back', () => {
  const items = new Map([['a', aUnit('a')]]);
  expect(upsert(items, [])).toBe(items);
});

test('a timeline goes on where the loaded part ends, in order, without repeats', () => {
  const about = (seq: number) => anEntry(seq, { incidents: [anIncident('i')] });
  const loaded = [4, 6].map(about);
  const recent = [
    about(9),
    anEntry(8, { incidents: [anIncident('other')] }),
    anEntry(7, { assignments: [anAssignment('s', { incident: 'i' })] }),
    about(6),
  ];
  expect(continueTimeline(loaded, recent, 'i').map((item) => item.seq)).toEqual([4, 6, 7, 9]);
});

test('an entry that only names the incident in its data concerns it', () => {
  expect(concerns({ ...anEntry(1), kind: 'incident_resumed', data: { incident: 'i' } }, 'i')).toBe(
    true,
  );
  expect(concerns({ ...anEntry(1), kind: 'incident_resumed', data: { incident: 'j' } }, 'i')).toBe(
    false,
  );
});
