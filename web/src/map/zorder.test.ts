import { expect, test } from 'vitest';
import { above, ORDER, rank } from './zorder';

test('an unknown layer throws instead of landing on top', () => {
  expect(() => rank('hexagons')).toThrow('"hexagons" has no place');
  expect(() => above('hexagons', [])).toThrow();
});

test('a layer goes right below the lowest one that must lie over it', () => {
  expect(above('road-line-street', ['area-fill', 'pin', 'units'])).toBe('units');
  expect(above('pin', ['area-fill', 'units'])).toBeUndefined();
});

test('layers of a foreign style are left below ours', () => {
  expect(above('area-fill', ['their-roads', 'units'])).toBe('units');
});

test('however the layers arrive, they end in the listed order', () => {
  const drawn: string[] = [];
  const shuffled = [...ORDER].sort(
    (a, b) => ((a.length * 7 + a.charCodeAt(2)) % 11) - ((b.length * 7 + b.charCodeAt(2)) % 11),
  );
  for (const id of shuffled) {
    const before = above(id, drawn);
    drawn.splice(before === undefined ? drawn.length : drawn.indexOf(before), 0, id);
  }
  expect(drawn).toEqual([...ORDER]);
});

test('people at risk are drawn over streets and names', () => {
  expect(rank('units')).toBeGreaterThan(rank('road-name-arterial'));
  expect(rank('incident')).toBeGreaterThan(rank('units'));
});
