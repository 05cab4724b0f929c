import { expect, test } from 'vitest';
import { lengthsM } from './measure';

test('a line is as long as its parts', () => {
  const lengths = lengthsM([
    { lng: 98.67, lat: 3.58 },
    { lng: 98.67, lat: 3.59 },
    { lng: 98.68, lat: 3.59 },
  ]);
  expect(lengths[0]).toBe(0);
  expect(lengths[1]).toBeCloseTo(1112, -1);
  expect(lengths[2]).toBeCloseTo(1112 + 1109.8, -1);
  expect(lengthsM([])).toEqual([]);
});
