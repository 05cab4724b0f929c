import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { drags, easeMoves } from './ease';

const frames = (gap: number, count: number) => Array.from({ length: count }, (_, n) => n * gap);

test('eight slow frames are slow; a single hitch and a short beginning are not', () => {
  expect(drags(frames(60, 9))).toBe(true);
  expect(drags(frames(60, 8))).toBe(false);
  expect(drags(frames(17, 40))).toBe(false);
  expect(drags([...frames(17, 8), 500])).toBe(false);
});

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a map that drags is drawn coarser until it rests, and only then', () => {
  const ears = new Map<string, () => void>();
  let ratio = 2;
  const map = {
    on: (what: string, ear: () => void) => ears.set(what, ear),
    off: (what: string) => ears.delete(what),
    getPixelRatio: () => ratio,
    setPixelRatio: (next: number) => {
      ratio = next;
    },
  };
  const stop = easeMoves(map);
  const draws = (gap: number, count: number) => {
    for (let n = 0; n < count; n += 1) {
      vi.advanceTimersByTime(gap);
      ears.get('render')?.();
    }
  };
  draws(60, 20);
  expect(ratio).toBe(2);
  ears.get('movestart')?.();
  draws(16, 30);
  expect(ratio).toBe(2);
  draws(60, 9);
  expect(ratio).toBe(1);
  ears.get('moveend')?.();
  vi.advanceTimersByTime(100);
  // Taken up again at once: it stays as it is.
  ears.get('movestart')?.();
  draws(60, 9);
  expect(ratio).toBe(1);
  ears.get('moveend')?.();
  vi.advanceTimersByTime(300);
  expect(ratio).toBe(2);
  stop();
  expect(ears.size).toBe(0);
});
