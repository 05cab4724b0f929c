import { expect, test } from 'vitest';
import { listens, windowKind } from './windows';

test('the address says which window it is', () => {
  expect(windowKind('')).toBe('desk');
  expect(windowKind('?dinding')).toBe('dinding');
  expect(windowKind('?peta=1')).toBe('peta');
});

test('a desk and its map follow each other, two desks do not', () => {
  expect(listens('desk', 'peta')).toBe(true);
  expect(listens('peta', 'desk')).toBe(true);
  expect(listens('desk', 'desk')).toBe(false);
  expect(listens('dinding', 'desk')).toBe(false);
});
