import { expect, test } from 'vitest';
import { stamp } from './when';

test('a moment is told by the calendar of the office', () => {
  expect(stamp('2026-11-21T18:05:00Z', 7)).toBe('22 Nov 2026 01.05');
});
