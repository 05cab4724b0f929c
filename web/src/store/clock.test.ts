import { expect, test } from 'vitest';
import {
  clockMoved,
  clockText,
  distanceM,
  metresText,
  polriClockS,
  wallDate,
  wallTime,
  zoneName,
} from './clock';

test('the Polri clock allows 10, 15 and 25 minutes, with its borders on the shorter side', () => {
  expect([0, 5000, 5001, 10_000, 10_001].map(polriClockS)).toEqual([600, 600, 900, 900, 1500]);
});

test('spans read like a stopwatch', () => {
  expect([0, 7, 67, 3600, 3727, -61].map(clockText)).toEqual([
    '0:00',
    '0:07',
    '1:07',
    '1:00:00',
    '1:02:07',
    '−1:01',
  ]);
  expect(clockText(-0.4)).toBe('0:00');
});

test('wall time is the office’s, whatever the computer thinks', () => {
  const late = Date.parse('2026-11-22T17:30:05Z');
  expect(wallTime(late, 7)).toBe('00.30.05');
  expect(wallTime(late, 9, false)).toBe('02.30');
  expect(wallDate(late, 7, 'id-ID')).toBe('Senin, 23 November 2026');
  expect([7, 8, 9, 0].map(zoneName)).toEqual(['WIB', 'WITA', 'WIT', 'UTC+0']);
});

test('distances inside a city are good to half a percent', () => {
  // One degree of latitude on the mean sphere is 111.195 km; near the equator a longitude degree too.
  expect(distanceM({ lng: 98, lat: 3 }, { lng: 98, lat: 3.01 })).toBeCloseTo(1111.9, 0);
  expect(distanceM({ lng: 98, lat: 0 }, { lng: 98.01, lat: 0 })).toBeCloseTo(1111.9, 0);
  expect(metresText(849.6)).toBe('850 m');
  expect(metresText(3240)).toBe('3,2 km');
});

test('a clock that was moved by hand, or slept, is noticed; one that drifts a little is not', () => {
  expect(clockMoved(3_600_000 + 40_000, 40_000)).toBe(true);
  expect(clockMoved(-3_600_000, 40_000)).toBe(true);
  expect(clockMoved(86_400_900, 86_400_000)).toBe(false);
});
