/**
 * Binary position frames: one per map tile, little endian, 16 bytes of head and 16 bytes per unit.
 * In: an ArrayBuffer as it came over the socket. Out: its records, read where they lie: ten thousand a
 * second must not become ten thousand objects. Null for a frame of a kind or version we do not know, or
 * one cut short.
 */

import { UNIT_STATUSES, type UnitStatus } from './wire';

const KIND_POSITIONS = 1;
const VERSION = 1;
const HEAD_BYTES = 16;
const RECORD_BYTES = 16;
const MICRODEGREES = 1e6;
const HEADING_STEP = 360 / 256;

const FLAG = { stale: 1, lost: 2, emergency: 4, headingKnown: 8 };

/** One frame; records are asked for by their number, 0 to `count` − 1. */
export class PositionFrame {
  readonly tick: number;
  readonly tile_x: number;
  readonly tile_y: number;

  private constructor(
    private readonly view: DataView,
    readonly count: number,
  ) {
    this.tick = view.getUint32(4, true);
    this.tile_x = view.getInt32(8, true);
    this.tile_y = view.getInt32(12, true);
  }

  /** Reads one frame; null when it is not one of ours. */
  static read(buffer: ArrayBuffer): PositionFrame | null {
    if (buffer.byteLength < HEAD_BYTES) return null;
    const view = new DataView(buffer);
    if (view.getUint8(0) !== KIND_POSITIONS || view.getUint8(1) !== VERSION) return null;
    const count = view.getUint16(2, true);
    if (buffer.byteLength < HEAD_BYTES + count * RECORD_BYTES) return null;
    return new PositionFrame(view, count);
  }

  /** `Unit.no`. */
  no(index: number): number {
    return this.view.getUint32(HEAD_BYTES + index * RECORD_BYTES, true);
  }

  /** Degrees. */
  lng(index: number): number {
    return this.view.getInt32(HEAD_BYTES + index * RECORD_BYTES + 4, true) / MICRODEGREES;
  }

  /** Degrees. */
  lat(index: number): number {
    return this.view.getInt32(HEAD_BYTES + index * RECORD_BYTES + 8, true) / MICRODEGREES;
  }

  status(index: number): UnitStatus {
    return UNIT_STATUSES[this.#byte(index, 12)] ?? 'out_of_service';
  }

  /** Degrees from north; NaN when unknown. */
  heading(index: number): number {
    return this.#flag(index, FLAG.headingKnown) ? this.#byte(index, 13) * HEADING_STEP : Number.NaN;
  }

  /** Metres per second. */
  speed(index: number): number {
    return this.#byte(index, 14);
  }

  /** No fix for a minute. */
  stale(index: number): boolean {
    return this.#flag(index, FLAG.stale);
  }

  /** No fix for a quarter of an hour: the unit counts at its post. */
  lost(index: number): boolean {
    return this.#flag(index, FLAG.lost);
  }

  emergency(index: number): boolean {
    return this.#flag(index, FLAG.emergency);
  }

  #byte(index: number, at: number): number {
    return this.view.getUint8(HEAD_BYTES + index * RECORD_BYTES + at);
  }

  #flag(index: number, flag: number): boolean {
    return (this.#byte(index, 15) & flag) !== 0;
  }
}
