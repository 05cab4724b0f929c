import { expect, test } from 'vitest';
import type { Fix } from '../wire';
import { framesOf, Gathered, MOST_FIXES, MOST_KEPT, PATROL_MS } from './batch';

const START = 1_763_800_000_000;
const fix = (ms: number, lng = 98.6, lat = 3.5): Fix => ({
  lng,
  lat,
  at: new Date(START + ms).toISOString(),
});
const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

test('a frame is what the server reads', () => {
  const [bytes] = framesOf([
    { ...fix(0), accuracy_m: 8, speed_mps: 9 },
    { ...fix(1010, 98.599989, 3.502805), accuracy_m: 10, speed_mps: 2.1, heading_deg: 180.4 },
  ]);
  // The same frame stands in src/realtime/batch.rs.
  expect(hex(bytes as ArrayBuffer)).toBe(
    '020102000026acaa9a0100004084e005e06735000000000000000824ff6500f5fff50a0a0880',
  );
});

test('a leap, a long silence, a step back in time and a full frame begin a new one', () => {
  const lengths = (fixes: Fix[]) => framesOf(fixes).map((bytes) => (bytes.byteLength - 20) / 9);
  expect(lengths([fix(0), fix(1000), fix(2000, 98.7)])).toEqual([2, 1]);
  expect(lengths([fix(0), fix(700_000)])).toEqual([1, 1]);
  expect(lengths([fix(5000), fix(4000)])).toEqual([1, 1]);
  expect(lengths(Array.from({ length: 130 }, (_, n) => fix(n * 1000)))).toEqual([MOST_FIXES, 10]);
  expect(framesOf([])).toEqual([]);
});

test('a patrolling crew sends every few seconds, one with a job at once', () => {
  const gathered = new Gathered();
  const sent: number[] = [];
  const send = (bytes: ArrayBuffer) => {
    sent.push((bytes.byteLength - 20) / 9);
    return true;
  };
  for (let second = 0; second < 12; second += 1) {
    if (gathered.add(fix(second * 1000), second * 1000, false)) gathered.flush(send, second * 1000);
  }
  expect(PATROL_MS).toBe(5000);
  expect(sent).toEqual([1, 5, 5]);
  expect(gathered.add(fix(12_000), 12_000, true)).toBe(true);
  gathered.flush(send, 12_000);
  expect(sent).toEqual([1, 5, 5, 2]);
});

test('without network an hour is kept, and goes out whole when it is back', () => {
  const gathered = new Gathered();
  for (let second = 0; second < MOST_KEPT + 50; second += 1) {
    if (gathered.add(fix(second * 1000), second * 1000, true)) {
      expect(gathered.flush(() => false, second * 1000)).toBe(false);
    }
  }
  expect(gathered.count).toBe(MOST_KEPT);
  const out: ArrayBuffer[] = [];
  // The line breaks again in the middle: what went out is gone, the rest stays.
  expect(gathered.flush((bytes) => out.push(bytes) <= 10, 0)).toBe(false);
  expect(gathered.count).toBe(MOST_KEPT - 10 * MOST_FIXES);
  expect(gathered.flush(() => true, 0)).toBe(true);
  expect(gathered.count).toBe(0);
});
