import { expect, test } from 'vitest';
import { clustered, type Dot, LEAST } from './cluster';

/** Made-up dots around the middle of a city. */
function dots(count: number, spread: number): Dot<number>[] {
  let seed = 11;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  return Array.from({ length: count }, (_, item) => ({
    item,
    x: 0.774 + spread * random(),
    y: 0.49 + spread * random(),
  }));
}

test('every dot is in one cluster or alone, at every zoom', () => {
  const all = dots(3000, 0.0008);
  for (let zoom = 9; zoom <= 16; zoom += 0.5) {
    const { clusters, alone } = clustered(all, zoom);
    const items = [...clusters.flatMap((one) => one.items), ...alone].sort((a, b) => a - b);
    expect(items).toEqual(all.map(({ item }) => item));
    expect(clusters.every((one) => one.items.length >= LEAST)).toBe(true);
  }
});

test('far away there are few clusters, near by everybody is alone', () => {
  const all = dots(3000, 0.0008);
  expect(clustered(all, 10).clusters.length).toBeLessThan(40);
  expect(clustered(all, 18).clusters).toEqual([]);
  expect(clustered(dots(5, 0.00001), 10).alone).toHaveLength(5);
});

test('a cluster stands in the middle of its dots', () => {
  const x = 0.77401;
  const square = Array.from({ length: 8 }, (_, n): Dot<number> => ({ item: n, x, y: 0.49 }));
  const [one] = clustered(square, 10).clusters;
  expect(one?.x).toBeCloseTo(x, 10);
});
