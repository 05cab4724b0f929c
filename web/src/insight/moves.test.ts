import { expect, test } from 'vitest';
import type { Units } from '../wire';
import { middleOf, moveQuery, placesOf } from './moves';

const now = Date.parse('2026-11-21T10:00:00Z');

test('a unit counts from its last fix, and from its post once it is lost', () => {
  const unit = (id: string) => ({ id, post: { lng: 98.6, lat: 3.5 } });
  const fix = (id: string, at: string) => ({ unit_id: id, lng: 98.7, lat: 3.6, at });
  const units = {
    items: [unit('a'), unit('b'), unit('c')],
    fixes: [fix('a', '2026-11-21T09:50:00Z'), fix('b', '2026-11-21T09:40:00Z')],
  } as unknown as Units;
  const places = placesOf(units, now);
  expect([places.get('a')?.lng, places.get('b')?.lng, places.get('c')?.lng]).toEqual([
    98.7, 98.6, 98.6,
  ]);
  expect(placesOf(null, now).size).toBe(0);
});

test('a move is asked for as unit, latitude, longitude', () => {
  expect(moveQuery({ unit: 'u', at: { lng: 98.1234567, lat: 3.5 } })).toEqual({
    move: 'u:3.500000,98.123457',
  });
  expect(moveQuery(null)).toEqual({});
});

test('the middle of a cell is the middle of its corners, the repeated one counted once', () => {
  const square = {
    type: 'Polygon' as const,
    coordinates: [
      [
        [0, 0],
        [2, 0],
        [2, 4],
        [0, 4],
        [0, 0],
      ],
    ],
  };
  expect(middleOf(square)).toEqual({ lng: 1, lat: 2 });
});
