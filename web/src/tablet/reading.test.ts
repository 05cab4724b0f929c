import { describe, expect, it } from 'vitest';
import { fixOf, stillThere, worthSending } from './fixes';
import { minutes, uuid7 } from './reading';

describe('figures for a crew', () => {
  it('minutes round up and are never zero', () => {
    expect([0, 1, 60, 61, 421].map(minutes)).toEqual([1, 1, 1, 2, 8]);
  });

  it('keys are UUIDv7, sort by time and are as long as they should be', () => {
    const bytes = Uint8Array.from({ length: 10 }, (_, i) => i * 27);
    const key = uuid7(1_795_000_000_123, bytes);
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(key.replace('-', '').slice(0, 12), 16)).toBe(1_795_000_000_123);
    expect(uuid7(1_795_000_000_124, bytes) > key).toBe(true);
  });
});

describe('positions', () => {
  const coords = {
    longitude: 98.672_345_678,
    latitude: 3.590_123_456,
    accuracy: 7.6,
    speed: 8.25,
    heading: 360,
  };

  it('carry the server time and six decimals', () => {
    expect(fixOf({ timestamp: 1_000, coords }, 500)).toEqual({
      lng: 98.672346,
      lat: 3.590123,
      at: '1970-01-01T00:00:01.500Z',
      accuracy_m: 8,
      speed_mps: 8.25,
      heading_deg: 0,
    });
  });

  it('a standing car has no heading, whatever the browser calls it', () => {
    const frame = fixOf(
      { timestamp: 0, coords: { ...coords, heading: Number.NaN, speed: null } },
      0,
    );
    expect(frame).not.toHaveProperty('heading_deg');
    expect(frame).not.toHaveProperty('speed_mps');
  });

  it('go at most once a second and never backwards', () => {
    expect(worthSending(null, 0)).toBe(true);
    expect([5_400, 6_000, 3_000].map((at) => worthSending(5_000, at))).toEqual([
      false,
      true,
      false,
    ]);
  });
});

it('a car that stands is told again only every ten seconds; one that moves always', () => {
  const kept = { lng: 98.6, lat: 3.5, at: '2026-11-22T03:00:00.000Z' };
  const later = (s: number, more = {}) => ({
    ...kept,
    at: `2026-11-22T03:00:${String(s).padStart(2, '0')}.000Z`,
    ...more,
  });
  expect(stillThere(null, kept)).toBe(false);
  expect(stillThere(kept, later(3))).toBe(true);
  expect(stillThere(kept, later(3, { lat: 3.50005 }))).toBe(true);
  expect(stillThere(kept, later(3, { lat: 3.5002 }))).toBe(false);
  expect(stillThere(kept, later(3, { speed_mps: 4 }))).toBe(false);
  expect(stillThere(kept, later(10))).toBe(false);
});
