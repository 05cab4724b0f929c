import { expect, test } from 'vitest';
import type { PositionRecord } from '../positions';
import { glide, PositionBook } from './positions';

const fix = (lng: number, second: number) => ({
  unit_id: 'u',
  no: 1,
  lng,
  lat: 3.5,
  at: `2026-11-22T03:00:${String(second).padStart(2, '0')}Z`,
});

const record = (more: Partial<PositionRecord> = {}): PositionRecord => ({
  no: 1,
  lng: 98.6,
  lat: 3.5,
  status: 'available',
  heading_deg: null,
  speed_mps: 0,
  stale: false,
  lost: false,
  emergency: false,
  ...more,
});

test('a unit glides from its last fix to the next and never beyond', () => {
  const book = new PositionBook();
  book.hear([fix(98.6, 1)], 0);
  book.hear([fix(98.601, 2)], 1000);
  expect(book.at('u', 1000)?.lng).toBeCloseTo(98.6, 9);
  expect(book.at('u', 1500)?.lng).toBeCloseTo(98.6005, 9);
  expect(book.at('u', 9000)?.lng).toBeCloseTo(98.601, 9);
  expect(book.moving(1500)).toBe(true);
  expect(book.moving(2100)).toBe(false);
});

test('a fix that comes in the middle of a glide goes on from where the unit is drawn', () => {
  const book = new PositionBook();
  book.hear([fix(98.6, 1)], 0);
  book.hear([fix(98.602, 2)], 1000);
  book.hear([fix(98.603, 3)], 1500);
  expect(book.at('u', 1500)?.lng).toBeCloseTo(98.601, 9);
});

test('an older fix does not pull a unit back', () => {
  const book = new PositionBook();
  book.hear([fix(98.601, 9)], 0);
  book.hear([fix(98.6, 3)], 1000);
  expect(book.at('u', 5000)?.lng).toBe(98.601);
});

test('a leap across the city is not drawn as movement', () => {
  const book = new PositionBook();
  book.hear([fix(98.6, 1)], 0);
  book.hear([fix(98.7, 2)], 1000);
  expect(book.at('u', 1000)?.lng).toBe(98.7);
});

test('a tile knows units by their number, and a lost one keeps its old age', () => {
  const book = new PositionBook();
  const numbers = new Map([[1, 'u']]);
  book.hearTile([record(), record({ no: 2 })], numbers, 0, 1_000_000);
  expect(book.tracks.size).toBe(1);
  expect(book.tracks.get('u')?.fixMs).toBe(1_000_000);
  book.hearTile([record({ lost: true })], numbers, 1000, 2_000_000);
  expect(2_000_000 - (book.tracks.get('u')?.fixMs ?? 0)).toBeGreaterThanOrEqual(15 * 60_000);
});

test('the heading is kept while a unit stands still', () => {
  const book = new PositionBook();
  const numbers = new Map([[1, 'u']]);
  book.hearTile([record({ heading_deg: 45 })], numbers, 0, 1000);
  book.hearTile([record()], numbers, 1000, 2000);
  expect(book.tracks.get('u')?.heading_deg).toBe(45);
});

test('a glide of no length is its end', () => {
  const track = {
    from: { lng: 1, lat: 1 },
    to: { lng: 2, lat: 2 },
    startedMs: 5,
    glideMs: 0,
    heading_deg: null,
    speed_mps: null,
    fixMs: 0,
  };
  expect(glide(track, 5)).toEqual({ lng: 2, lat: 2 });
});
