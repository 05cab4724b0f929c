import { expect, test } from 'vitest';
import type { Route, RouteStep } from '../wire';
import { left, next, progress, roundedM, strayed } from './guidance';

/** 0.001 degrees are about 111 m. */
const at = (x: number, y: number) => ({ lng: 98.67 + x / 1000, lat: 3.58 + y / 1000 });
const point = (x: number, y: number): [number, number] => [at(x, y).lng, at(x, y).lat];

const step = (
  manoeuvre: RouteStep['manoeuvre'],
  street: string,
  where: { lng: number; lat: number },
  from_start_m: number,
): RouteStep => ({ manoeuvre, street, at: where, from_start_m, metres: 0, text: '' });

/** 50 m to the street, 333 m east, then left and 222 m north. */
const way: Route = {
  points: [point(0, -0.45), point(0, 0), point(3, 0), point(3, 2)],
  secs: 90,
  metres: 605,
  arrives_at: '2026-11-22T03:01:30.000000Z',
  steps: [
    step('depart', 'Jl. Krakatau', at(0, 0), 0),
    step('left', 'Jl. Cemara', at(3, 0), 333),
    step('arrive_right', 'Jl. Cemara', at(3, 2), 555),
  ],
};

test('a place is told along the way and off it', () => {
  const { along_m, off_m } = progress([point(0, 0), point(3, 0), point(3, 2)], at(2, 0.1));
  expect(Math.round(along_m)).toBe(222);
  expect(Math.round(off_m)).toBe(11);
});

test('the next turn counts down and then the one after it comes', () => {
  const ahead = next(way, at(1, 0));
  expect(ahead?.step.manoeuvre).toBe('left');
  expect(Math.round(ahead?.in_m ?? 0)).toBe(222);
  expect(Math.round(next(way, at(0, -0.45))?.in_m ?? 0)).toBeGreaterThan(333);
  expect(next(way, at(3, 0))?.step.manoeuvre).toBe('arrive_right');
  expect(next({ ...way, steps: [] }, at(0, 0))).toBe(null);
});

test('more than sixty metres beside the way is another way', () => {
  expect(strayed(way, at(1.5, 0.5))).toBe(false);
  expect(strayed(way, at(1.5, 0.6))).toBe(true);
});

test('distances are said in tens, then in hundreds', () => {
  expect([3, 296, 1234].map(roundedM)).toEqual([10, 300, 1200]);
});

test('what is left shrinks with the way, to nothing at its end and not below', () => {
  expect(left(way, at(0, -0.45))).toEqual({ metres: 605, secs: 90 });
  const half = left(way, at(2.4, 0.05));
  expect(half.metres).toBeGreaterThan(270);
  expect(half.metres).toBeLessThan(310);
  expect(half.secs / half.metres).toBeCloseTo(90 / 605, 6);
  expect(Math.round(left(way, at(3, 2.5)).secs)).toBe(0);
  expect(left({ ...way, points: [] }, at(0, 0))).toEqual({ metres: 605, secs: 90 });
});
