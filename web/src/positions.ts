/**
 * Binary position frames: one per map tile, little endian, 16 bytes of head and 16 bytes per unit.
 * In: an ArrayBuffer as it came over the socket. Out: plain records, or null for a frame of a kind
 * or version we do not know, or one cut short.
 */

import { UNIT_STATUSES, type UnitStatus } from './wire';

const KIND_POSITIONS = 1;
const VERSION = 1;
const HEAD_BYTES = 16;
const RECORD_BYTES = 16;
const MICRODEGREES = 1e6;
const HEADING_STEP = 360 / 256;

const FLAG = { stale: 1, lost: 2, emergency: 4, headingKnown: 8 };

/** One unit in a binary frame. */
export interface PositionRecord {
  /** `Unit.no`. */
  no: number;
  lng: number;
  lat: number;
  status: UnitStatus;
  /** Degrees from north; null when unknown. */
  heading_deg: number | null;
  speed_mps: number;
  /** No fix for a minute. */
  stale: boolean;
  /** No fix for a quarter of an hour: the unit counts at its post. */
  lost: boolean;
  emergency: boolean;
}

export interface PositionFrame {
  tick: number;
  tile_x: number;
  tile_y: number;
  records: PositionRecord[];
}

/** Reads one frame; null when it is not one of ours. */
export function decodePositions(buffer: ArrayBuffer): PositionFrame | null {
  if (buffer.byteLength < HEAD_BYTES) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== KIND_POSITIONS || view.getUint8(1) !== VERSION) return null;
  const count = view.getUint16(2, true);
  if (buffer.byteLength < HEAD_BYTES + count * RECORD_BYTES) return null;
  const records: PositionRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    records.push(readRecord(view, HEAD_BYTES + index * RECORD_BYTES));
  }
  return {
    tick: view.getUint32(4, true),
    tile_x: view.getInt32(8, true),
    tile_y: view.getInt32(12, true),
    records,
  };
}

function readRecord(view: DataView, at: number): PositionRecord {
  const flags = view.getUint8(at + 15);
  return {
    no: view.getUint32(at, true),
    lng: view.getInt32(at + 4, true) / MICRODEGREES,
    lat: view.getInt32(at + 8, true) / MICRODEGREES,
    status: UNIT_STATUSES[view.getUint8(at + 12)] ?? 'out_of_service',
    heading_deg: flags & FLAG.headingKnown ? view.getUint8(at + 13) * HEADING_STEP : null,
    speed_mps: view.getUint8(at + 14),
    stale: (flags & FLAG.stale) !== 0,
    lost: (flags & FLAG.lost) !== 0,
    emergency: (flags & FLAG.emergency) !== 0,
  };
}
