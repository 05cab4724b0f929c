import { expect, test } from 'vitest';
import { PositionFrame } from '../positions';
import { PositionBook } from './positions';

const fix = (lng: number, second: number) => ({
  unit_id: 'u',
  no: 1,
  lng,
  lat: 3.5,
  at: `2026-11-22T03:00:${String(second).padStart(2, '0')}Z`,
});

interface Record {
  no: number;
  lng: number;
  heading_deg: number | null;
  lost: boolean;
}

/** A tile as the server writes it. */
function tile(...records: Partial<Record>[]): PositionFrame {
  const view = new DataView(new ArrayBuffer(16 + 16 * records.length));
  view.setUint16(0, 0x0101, true);
  view.setUint16(2, records.length, true);
  for (const [
    index,
    { no = 1, lng = 98.6, heading_deg = null, lost = false },
  ] of records.entries()) {
    const at = 16 + 16 * index;
    view.setUint32(at, no, true);
    view.setInt32(at + 4, Math.round(lng * 1e6), true);
    view.setInt32(at + 8, 3_500_000, true);
    view.setUint8(at + 12, 1);
    view.setUint8(at + 13, ((heading_deg ?? 0) * 256) / 360);
    view.setUint8(at + 15, (heading_deg === null ? 0 : 8) | (lost ? 2 : 0));
  }
  return PositionFrame.read(view.buffer) as PositionFrame;
}

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
  expect(book.at('u', 5000)?.lng).toBeCloseTo(98.601, 9);
});

test('a leap across the city is not drawn as movement', () => {
  const book = new PositionBook();
  book.hear([fix(98.6, 1)], 0);
  book.hear([fix(98.7, 2)], 1000);
  expect(book.at('u', 1000)?.lng).toBeCloseTo(98.7, 9);
});

test('a tile knows units by their number, and a lost one keeps its old age', () => {
  const book = new PositionBook();
  const numbers = new Map([[1, 'u']]);
  book.hearTile(tile({}, { no: 2 }), numbers, 0, 1_000_000);
  expect(book.size).toBe(1);
  expect(book.fixMs('u')).toBe(1_000_000);
  expect(book.row('v')).toBe(-1);
  book.hearTile(tile({ lost: true }), numbers, 1000, 2_000_000);
  expect(2_000_000 - (book.fixMs('u') ?? 0)).toBeGreaterThanOrEqual(15 * 60_000);
  // A unit that came on duty since has a row as soon as its number is known.
  book.hearTile(tile({ no: 2 }), new Map([...numbers, [2, 'v']]), 2000, 3_000_000);
  expect([book.row('u'), book.row('v')]).toEqual([0, 1]);
});

test('the heading is kept while a unit stands still', () => {
  const book = new PositionBook();
  const numbers = new Map([[1, 'u']]);
  book.hearTile(tile({ heading_deg: 45 }), numbers, 0, 1000);
  book.hearTile(tile({}), numbers, 1000, 2000);
  expect(book.track('u')?.heading_deg).toBe(45);
  book.hear([fix(98.6, 59)], 2000);
  expect(book.track('u')?.speed_mps).toBeNull();
});

test('more units than there was room for keep their places', () => {
  const book = new PositionBook();
  const fixes = Array.from({ length: 1000 }, (_, n) => ({
    ...fix(98 + n / 1e4, 1),
    unit_id: `u${n}`,
  }));
  book.hear(fixes, 0);
  expect(book.size).toBe(1000);
  for (const n of [0, 255, 256, 999]) {
    expect(book.at(`u${n}`, 0)?.lng).toBeCloseTo(98 + n / 1e4, 9);
    expect(book.at(`u${n}`, 0)?.lat).toBeCloseTo(3.5, 9);
  }
});
