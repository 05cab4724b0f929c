import { expect, test } from 'vitest';
import { decodePositions } from './positions';

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
  const read = decodePositions(view.buffer as ArrayBuffer);
  expect(read).toMatchObject({ tick: 77, tile_x: -3, tile_y: 5 });
  expect(read?.records[1]).toEqual({
    no: 4_000_000_001,
    lng: 98.678513,
    lat: -3.591234,
    status: 'en_route',
    heading_deg: 90,
    speed_mps: 13,
    stale: false,
    lost: false,
    emergency: true,
  });
});

test('a heading that is not known is null, not north', () => {
  const view = frame(1);
  view.setUint8(29, 128);
  view.setUint8(31, 1 | 2);
  const record = decodePositions(view.buffer as ArrayBuffer)?.records[0];
  expect(record).toMatchObject({ heading_deg: null, stale: true, lost: true, status: 'off_duty' });
});

test('a frame of another kind or version, or one cut short, is not read', () => {
  expect(decodePositions(frame(1, 2).buffer as ArrayBuffer)).toBeNull();
  expect(decodePositions(frame(1, 1, 2).buffer as ArrayBuffer)).toBeNull();
  expect(decodePositions((frame(2).buffer as ArrayBuffer).slice(0, 47))).toBeNull();
  expect(decodePositions(new ArrayBuffer(3))).toBeNull();
});
