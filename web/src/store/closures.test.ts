import { expect, test } from 'vitest';
import { aClosure, anEntry, aSnapshot } from '../testing';
import { drawing, enough, holds, openClosures, untilOf } from './closures';
import { applyEntry, fromSnapshot } from './desk';

test('a road that was opened again is gone from the list', () => {
  const desk = fromSnapshot(aSnapshot({ seq: 1, closures: [aClosure('b'), aClosure('a')] }));
  expect(openClosures(desk.closures).map(({ id }) => id)).toEqual(['a', 'b']);
  const opened = aClosure('a', { ended_at: '2026-11-22T04:00:00.000000Z' });
  const after = applyEntry(desk, anEntry(2, { closures: [opened] }));
  expect(openClosures(after.closures).map(({ id }) => id)).toEqual(['b']);
});

test('a closure holds from its beginning until before its end', () => {
  const one = aClosure('a', {
    from_at: '2026-11-22T03:00:00.000000Z',
    until_at: '2026-11-22T04:00:00.000000Z',
  });
  const at = (time: string) => holds(one, Date.parse(`2026-11-22T${time}Z`));
  expect([at('02:59:59'), at('03:00:00'), at('03:59:59'), at('04:00:00')]).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test('an area becomes a closed ring, a line stays open', () => {
  const points = [
    { lng: 98.6700001, lat: 3.58 },
    { lng: 98.68, lat: 3.58 },
    { lng: 98.68, lat: 3.59 },
  ];
  expect(enough('LineString', points.slice(0, 1))).toBe(false);
  expect(enough('Polygon', points.slice(0, 2))).toBe(false);
  expect(drawing('LineString', points)).toEqual({
    type: 'LineString',
    coordinates: [
      [98.67, 3.58],
      [98.68, 3.58],
      [98.68, 3.59],
    ],
  });
  const area = drawing('Polygon', points);
  expect(area.type === 'Polygon' && area.coordinates[0]?.length).toBe(4);
  expect(area.type === 'Polygon' && area.coordinates[0]?.[3]).toEqual([98.67, 3.58]);
});

test('hours from now, or no end', () => {
  expect(untilOf(0, 0)).toBe(null);
  expect(untilOf(2, 0)).toBe('1970-01-01T02:00:00.000Z');
});
