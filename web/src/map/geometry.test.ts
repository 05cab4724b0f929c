import { MercatorCoordinate } from 'maplibre-gl';
import { expect, test } from 'vitest';
import { distanceM } from '../store/clock';
import { latOf, lngOf, mercatorX, mercatorY } from '../store/mercator';
import { circle, labelPoint } from './geometry';
import { framePauseMs, rgb, translated } from './layers/units';

test('every point of a circle lies at its radius', () => {
  const centre = { lng: 98.67, lat: 3.58 };
  const [ring = []] = circle(centre, 350).coordinates;
  for (const [lng = 0, lat = 0] of ring) {
    expect(Math.abs(distanceM(centre, { lng, lat }) - 350)).toBeLessThan(2);
  }
  expect(ring[0]).toEqual(ring.at(-1));
});

test('the name of an area stands in the middle of its largest part', () => {
  const square = (west: number, south: number, side: number) => [
    [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ],
  ];
  const at = labelPoint({
    type: 'MultiPolygon',
    coordinates: [square(0, 0, 1), square(10, 10, 4)],
  });
  expect(at?.[0]).toBeCloseTo(12, 9);
  expect(at?.[1]).toBeCloseTo(12, 9);
  expect(labelPoint({ type: 'Point', coordinates: [1, 2] })).toBeNull();
});

test('moving a matrix in double precision keeps a metre a metre', () => {
  const matrix = [1e6, 0, 0, 0, 0, 1e6, 0, 0, 0, 0, 1, 0, -774_091.123, -489_900.456, 0, 1];
  const moved = translated(matrix, 0.774091123, 0.489900456);
  expect(Math.abs(moved[12] ?? 1)).toBeLessThan(1e-6);
  expect(Math.abs(moved[13] ?? 1)).toBeLessThan(1e-6);
});

test('our Mercator is the map’s', () => {
  for (const [lng, lat] of [
    [98.67, 3.58],
    [110.8, -7.4],
    [0, 0],
  ] as const) {
    const theirs = MercatorCoordinate.fromLngLat({ lng, lat });
    expect(mercatorX(lng)).toBeCloseTo(theirs.x, 12);
    expect(mercatorY(lat)).toBeCloseTo(theirs.y, 12);
  }
});

test('a glide is drawn as often as it can be seen', () => {
  expect(framePauseMs(11)).toBe(1000);
  expect(framePauseMs(18)).toBe(50);
  expect(framePauseMs(14)).toBeGreaterThan(framePauseMs(15));
});

test('colours are read as the shader wants them', () => {
  expect(rgb('#ff8000')).toEqual([1, 128 / 255, 0]);
});

test('the way from the world grid back to degrees is exact', () => {
  for (const [lng, lat] of [
    [98.678513, 3.591234],
    [-179.9, -60],
    [0, 0],
  ] as const) {
    expect(lngOf(mercatorX(lng))).toBeCloseTo(lng, 10);
    expect(latOf(mercatorY(lat))).toBeCloseTo(lat, 10);
  }
});
