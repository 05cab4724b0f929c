import { expect, test } from 'vitest';
import { PositionFrame } from './positions';

/** A frame as the server writes it. */
function frame(records: number, kind = 1, version = 1): DataView {
  const view = new DataView(new ArrayBuffer(16 + records * 16));
  view.setUint8(0, kind);
  view.setUint8(1, version);
  view.setUint16(2, records, true);
  view.setUint32(4, 77, true);
  view.setInt32(8, -3, true);
  view.setInt32(12, 5, true);
  return view;
}

test('a record keeps its place to a millionth of a degree, south of the equator too', () => {
  const view = frame(2);
  view.setUint32(32, 4_000_000_001, true);
  view.setInt32(36, 98_678_513, true);
  view.setInt32(40, -3_591_234, true);
  view.setUint8(44, 4);
  view.setUint8(45, 64);
  view.setUint8(46, 13);
  view.setUint8(47, 8 | 4);
  const read = PositionFrame.read(view.buffer as ArrayBuffer);
  expect(read).toMatchObject({ tick: 77, tile_x: -3, tile_y: 5 });
  expect(read?.count).toBe(2);
  expect([read?.no(1), read?.lng(1), read?.lat(1)]).toEqual([4_000_000_001, 98.678513, -3.591234]);
  expect([read?.status(1), read?.heading(1), read?.speed(1)]).toEqual(['en_route', 90, 13]);
  expect([read?.stale(1), read?.lost(1), read?.emergency(1)]).toEqual([false, false, true]);
});

test('a heading that is not known is no number, not north', () => {
  const view = frame(1);
  view.setUint8(29, 128);
  view.setUint8(31, 1 | 2);
  const read = PositionFrame.read(view.buffer as ArrayBuffer);
  expect([read?.heading(0), read?.stale(0), read?.lost(0), read?.status(0)]).toEqual([
    Number.NaN,
    true,
    true,
    'off_duty',
  ]);
});

test('a frame of another kind or version, or one cut short, is not read', () => {
  expect(PositionFrame.read(frame(1, 2).buffer as ArrayBuffer)).toBeNull();
  expect(PositionFrame.read(frame(1, 1, 2).buffer as ArrayBuffer)).toBeNull();
  expect(PositionFrame.read((frame(2).buffer as ArrayBuffer).slice(0, 47))).toBeNull();
  expect(PositionFrame.read(new ArrayBuffer(3))).toBeNull();
});
