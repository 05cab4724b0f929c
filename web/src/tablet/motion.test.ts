import { expect, test } from 'vitest';
import type { Fix } from '../wire';
import { metres, seems } from './motion';

const POST = { lng: 98.67, lat: 3.59 };
const PLACE = { lng: 98.68, lat: 3.59, radius_m: 30 };

const fix = (at: { lng: number; lat: number }, more: Partial<Fix> = {}): Fix => ({
  ...at,
  at: '2026-11-22T09:00:00Z',
  accuracy_m: 8,
  speed_mps: 0,
  ...more,
});
const east = (m: number) => ({ lng: POST.lng + m / 111_195 / Math.cos(0.0627), lat: POST.lat });

test('a hundredth of a degree is a good kilometre in Medan', () => {
  expect(metres(POST, PLACE)).toBeGreaterThan(1105);
  expect(metres(POST, PLACE)).toBeLessThan(1115);
});

test('a crew that left its post seems to be under way; one that wobbles does not', () => {
  expect(seems('accepted', fix(east(40)), POST, PLACE)).toBe(null);
  expect(seems('accepted', fix(east(150), { speed_mps: 9 }), POST, PLACE)).toBe('en_route');
  expect(seems('en_route', fix(east(150), { speed_mps: 9 }), POST, PLACE)).toBe(null);
});

test('a crew that stands at the place seems to have arrived; one that drives past does not', () => {
  expect(seems('en_route', fix(PLACE), POST, PLACE)).toBe('on_scene');
  expect(seems('accepted', fix(PLACE), POST, PLACE)).toBe('on_scene');
  expect(seems('en_route', fix(PLACE, { speed_mps: 14 }), POST, PLACE)).toBe(null);
  expect(seems('on_scene', fix(PLACE), POST, PLACE)).toBe(null);
  expect(seems('accepted', fix(PLACE), PLACE, PLACE)).toBe(null);
});

test('a vague place, a poor fix or none says nothing', () => {
  expect(seems('en_route', fix(PLACE), POST, { ...PLACE, radius_m: 600 })).toBe(null);
  expect(seems('en_route', fix(PLACE, { accuracy_m: 400 }), POST, PLACE)).toBe(null);
  expect(seems('en_route', null, POST, PLACE)).toBe(null);
  expect(seems('idle', fix(PLACE), POST, PLACE)).toBe(null);
});
