import { expect, test } from 'vitest';
import { fromSnapshot } from '../store/desk';
import { anAssignment, anEntry, anIncident, aReport, aSnapshot, aUnit } from '../testing';
import { Chimes, EXPIRING_S } from './chimes';

const urgent = (id: string) => {
  const report = aReport(id);
  return { ...report, reading: { ...report.reading, priority: 1 as const } };
};

test('a report is told once, when it is read as urgent', () => {
  const chimes = new Chimes();
  expect(chimes.hear(anEntry(1, { reports: [aReport('a')] }))).toEqual([]);
  const [chime] = chimes.hear(anEntry(2, { reports: [urgent('a')] }));
  expect(chime).toMatchObject({ kind: 'p1', report: { id: 'a' } });
  expect(chimes.hear(anEntry(3, { reports: [urgent('a')] }))).toEqual([]);
});

test('what was on the desk at the start is no news, and neither is what became of it', () => {
  const chimes = new Chimes();
  chimes.begin(fromSnapshot(aSnapshot({ reports: [urgent('a')] })));
  expect(chimes.hear(anEntry(1, { reports: [urgent('a')] }))).toEqual([]);
  const incident = anIncident('i', { priority: 1, reports: ['a'] });
  expect(chimes.hear(anEntry(2, { incidents: [incident] }))).toEqual([]);
});

test('an incident nobody heard of before is told, its report with it', () => {
  const chimes = new Chimes();
  const incident = anIncident('i', { priority: 1, reports: ['b'] });
  const heard = chimes.hear(anEntry(1, { incidents: [incident], reports: [urgent('b')] }));
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ kind: 'p1', incident: { id: 'i' } });
});

test('a panic button is told when it is pressed, not when it is cleared', () => {
  const chimes = new Chimes();
  const pressed = {
    ...anEntry(1, { units: [aUnit('u', { emergency: true })] }),
    kind: 'unit_emergency',
  };
  expect(chimes.hear(pressed as ReturnType<typeof anEntry>)[0]?.kind).toBe('panic');
  const cleared = { ...anEntry(2, { units: [aUnit('u')] }), kind: 'unit_emergency' };
  expect(chimes.hear(cleared as ReturnType<typeof anEntry>)).toEqual([]);
});

test('an offer is said to expire once, shortly before it does', () => {
  const chimes = new Chimes();
  const end = Date.parse('2026-11-21T02:00:30Z');
  const offer = anAssignment('x', { state: 'delivered', expires_at: '2026-11-21T02:00:30Z' });
  const desk = fromSnapshot(aSnapshot({ assignments: [offer] }));
  expect(chimes.expiring(desk, end - (EXPIRING_S + 1) * 1000)).toEqual([]);
  expect(chimes.expiring(desk, end - 5_000)).toEqual([
    { kind: 'expiring', assignment: offer, left_s: 5 },
  ]);
  expect(chimes.expiring(desk, end - 4_000)).toEqual([]);
  const late = new Chimes();
  expect(late.expiring(desk, end + 1)).toEqual([]);
});
