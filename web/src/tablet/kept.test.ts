import { expect, test } from 'vitest';
import { type Kept, OLDEST_MS, usable } from './kept';

const kept = { deviceMs: 1_000_000 } as Kept;

test('what was kept is shown for a shift and no longer', () => {
  expect(usable(kept, 1_000_000)).toBe(true);
  expect(usable(kept, 1_000_000 + OLDEST_MS)).toBe(true);
  expect(usable(kept, 1_000_001 + OLDEST_MS)).toBe(false);
  expect(usable(undefined, 1_000_000)).toBe(false);
});

test('a clock that was set back since makes it worthless', () => {
  expect(usable(kept, 999_999)).toBe(false);
});
