import { expect, test } from 'vitest';
import { anIncident, aReport, aSnapshot, aUnit } from '../testing';
import { fromSnapshot } from './desk';
import { wallCounts } from './wall';

const NOW = Date.parse('2026-11-21T02:10:00Z');

const waiting = (
  id: string,
  priority: 1 | 2 | 3 | 4,
  at: string,
  lane: 'main' | 'set_aside' = 'main',
) => {
  const report = aReport(id, { lane });
  return {
    ...report,
    reading: { ...report.reading, priority },
    stamps: { ...report.stamps, received_at: at },
  };
};

test('what waits is counted by priority, what is set aside apart', () => {
  const desk = fromSnapshot(
    aSnapshot({
      reports: [
        waiting('a', 1, '2026-11-21T02:09:00Z'),
        waiting('b', 3, '2026-11-21T02:05:00Z'),
        waiting('c', 3, '2026-11-21T02:08:00Z'),
        waiting('d', 4, '2026-11-21T01:00:00Z', 'set_aside'),
        aReport('e', { state: { name: 'claimed', by: 'me' } }),
      ],
    }),
  );
  const counts = wallCounts(desk, NOW);
  expect(counts.waiting).toEqual({ 1: 1, 2: 0, 3: 2, 4: 0 });
  expect([counts.aside, counts.claimed, counts.oldest_s]).toEqual([1, 1, 300]);
});

test('every unit on duty counts once, and an empty desk has no oldest', () => {
  const desk = fromSnapshot(
    aSnapshot({
      units: [
        aUnit('u', { status: 'available' }),
        aUnit('v', { status: 'on_scene', emergency: true }),
        aUnit('w', { status: 'break' }),
        aUnit('x', { status: 'off_duty' }),
      ],
      incidents: [anIncident('i', { state: 'queued' }), anIncident('j', { state: 'on_scene' })],
    }),
  );
  const counts = wallCounts(desk, NOW);
  expect(counts.units).toEqual({ free: 1, bound: 1, away: 1, emergency: 1 });
  expect(counts.incidents).toEqual({ queued: 1, moving: 0, there: 1 });
  expect(counts.oldest_s).toBeNull();
});
