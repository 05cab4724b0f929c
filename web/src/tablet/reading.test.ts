import { describe, expect, it } from 'vitest';
import { frameOf, worthSending } from './fixes';
import { distance, elapsed, metresBetween, minutes } from './reading';

describe('figures for a crew', () => {
  it('minutes round up and are never zero', () => {
    expect([0, 1, 60, 61, 421].map(minutes)).toEqual([1, 1, 1, 2, 8]);
  });

  it('distances read as people say them', () => {
    expect([348, 994, 999, 1_240, 14_310].map((m) => distance(m, 'id'))).toEqual([
      '350 m', '990 m', '1 km', '1,2 km', '14 km',
    ]);
  });

  it('elapsed time never runs backwards', () => {
    expect(elapsed(10_000, 5_000)).toBe('0:00');
    expect(elapsed(0, 65_999)).toBe('1:05');
    expect(elapsed(0, 3_725_000)).toBe('1:02:05');
  });

  it('a degree of latitude is 111.2 km', () => {
    expect(metresBetween({ lng: 98.67, lat: 3 }, { lng: 98.67, lat: 4 })).toBeCloseTo(111_195, -1);
  });
});

describe('positions', () => {
  const coords = { longitude: 98.672_345_678, latitude: 3.590_123_456, accuracy: 7.6, speed: 8.25, heading: 360 };

  it('carry the server time and six decimals', () => {
    expect(frameOf({ timestamp: 1_000, coords }, 500)).toEqual({
      type: 'position', lng: 98.672346, lat: 3.590123, at: '1970-01-01T00:00:01.500Z',
      accuracy_m: 8, speed_mps: 8.25, heading_deg: 0,
    });
  });

  it('a standing car has no heading, whatever the browser calls it', () => {
    const frame = frameOf({ timestamp: 0, coords: { ...coords, heading: Number.NaN, speed: null } }, 0);
    expect(frame).not.toHaveProperty('heading_deg');
    expect(frame).not.toHaveProperty('speed_mps');
  });

  it('go at most once a second and never backwards', () => {
    expect(worthSending(null, 0)).toBe(true);
    expect([5_400, 6_000, 3_000].map((at) => worthSending(5_000, at))).toEqual([false, true, false]);
  });
});
