import { expect, test } from 'vitest';
import type { Incident } from '../wire';
import { metresBetween, near } from './near';

const incident = (id: string, lng: number, minutes = 0, state = 'queued'): Incident =>
  ({
    id,
    state,
    place: { lng, lat: 3.59 },
    received_at: new Date(Date.UTC(2026, 10, 21, 2, minutes)).toISOString(),
  }) as unknown as Incident;

test('a thousandth of a degree of longitude is 111 m at this latitude', () => {
  expect(metresBetween({ lng: 98.67, lat: 3.59 }, { lng: 98.671, lat: 3.59 })).toBeCloseTo(111, 0);
});

test('neighbours are open, near, of the same hours, and nearest first', () => {
  const here = incident('a', 98.67);
  const found = near(here, [
    here,
    incident('b', 98.673),
    incident('c', 98.671),
    incident('far', 98.68),
    incident('ended', 98.67, 0, 'closed'),
    incident('old', 98.67, -180),
  ]);
  expect(found.map(({ incident: { id } }) => id)).toEqual(['c', 'b']);
});
