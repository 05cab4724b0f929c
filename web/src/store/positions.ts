/**
 * Last and next position of every unit, for a map that glides between them. Mutable, outside the reactive
 * state and in one block of numbers on purpose: ten thousand fixes a second must neither re-render a screen
 * nor leave garbage. Every unit has a row; what draws or lists units asks for the row once.
 */

import type { PositionFrame } from '../positions';
import type { Id, LngLat, UnitFix } from '../wire';
import { latOf, lngOf, mercatorX, mercatorY } from './mercator';

/** A fix older than this is stale, milliseconds (as the server judges it). */
export const STALE_AFTER_MS = 60_000;
/** A fix older than this is lost: the unit counts at its post. */
export const LOST_AFTER_MS = 15 * 60_000;
export type Freshness = 'fresh' | 'stale' | 'lost' | 'never';

/** How old a fix is, as the server judges it (dispatch/motion.rs); times are milliseconds of its clock. */
export function freshness(fixMs: number | undefined, serverMs: number): Freshness {
  if (fixMs === undefined) return 'never';
  const age = serverMs - fixMs;
  return age > LOST_AFTER_MS ? 'lost' : age > STALE_AFTER_MS ? 'stale' : 'fresh';
}

/** A jump longer than this is not drawn as movement: about 1 km, as a share of the world. */
const LEAP = 0.01 / 360;
/** A gap longer than this is not glided over in full, milliseconds. */
const LONGEST_GLIDE_MS = 2_000;
const SHORTEST_GLIDE_MS = 200;

/**
 * Numbers of a row: from and to in Web Mercator (0 to 1), when the glide began and how long it takes (ms of our
 * own clock), heading (degrees) and speed (m/s), NaN when unknown, and when the fix was taken (ms of the server's
 * clock).
 */
export const COLUMN = {
  fromX: 0,
  fromY: 1,
  toX: 2,
  toY: 3,
  startedMs: 4,
  glideMs: 5,
  heading: 6,
  speed: 7,
  fixMs: 8,
} as const;
export const COLUMNS = 9;
const FIRST_ROWS = 256;

/** Where a unit was drawn last, and where it is gliding to. Times are milliseconds of our own clock. */
export interface Track {
  to: LngLat;
  heading_deg: number | null;
  speed_mps: number | null;
  /** When the fix was taken, milliseconds of the server's clock. */
  fixMs: number;
}

export class PositionBook {
  /** Row after row, `COLUMNS` numbers each. A larger one takes its place when units are added. */
  data = new Float64Array(FIRST_ROWS * COLUMNS);
  /** Grows with every change: cheap to compare. */
  version = 0;
  #rows = new Map<Id, number>();
  #rowOfNo = new Map<number, number>();
  #numbers: ReadonlyMap<number, Id> | null = null;
  #stillMs = 0;

  /** Units with a position. */
  get size(): number {
    return this.#rows.size;
  }

  /** The row of a unit; −1 while nothing was heard of it. It stays the same until `clear`. */
  row(unit: Id): number {
    return this.#rows.get(unit) ?? -1;
  }

  /** What is known of one unit, for a card. */
  track(unit: Id): Track | undefined {
    const at = this.row(unit) * COLUMNS;
    if (at < 0) return undefined;
    const heading = this.#get(at, COLUMN.heading);
    const speed = this.#get(at, COLUMN.speed);
    return {
      to: { lng: lngOf(this.#get(at, COLUMN.toX)), lat: latOf(this.#get(at, COLUMN.toY)) },
      heading_deg: Number.isNaN(heading) ? null : heading,
      speed_mps: Number.isNaN(speed) ? null : speed,
      fixMs: this.#get(at, COLUMN.fixMs),
    };
  }

  /** When the last fix of a unit was taken, milliseconds of the server's clock. */
  fixMs(unit: Id): number | undefined {
    const row = this.row(unit);
    return row < 0 ? undefined : this.#get(row * COLUMNS, COLUMN.fixMs);
  }

  /** Fixes as JSON; a fix older than the one we hold is dropped. */
  hear(fixes: readonly UnitFix[], nowMs: number): void {
    for (const { unit_id, lng, lat, at, heading_deg, speed_mps } of fixes) {
      const row = this.#rowFor(unit_id);
      const heading = heading_deg ?? Number.NaN;
      this.#move(row, lng, lat, Date.parse(at), nowMs, heading, speed_mps ?? Number.NaN);
    }
    if (fixes.length > 0) this.version += 1;
  }

  /** Records of a binary tile; the age of a fix is told by its flags. */
  hearTile(
    frame: PositionFrame,
    unitByNo: ReadonlyMap<number, Id>,
    nowMs: number,
    serverMs: number,
  ): void {
    if (unitByNo !== this.#numbers) {
      this.#numbers = unitByNo;
      this.#rowOfNo.clear();
    }
    for (let index = 0; index < frame.count; index += 1) {
      const row = this.#rowOf(frame.no(index), unitByNo);
      if (row < 0) continue;
      const held = this.#get(row * COLUMNS, COLUMN.fixMs);
      const age = frame.lost(index) ? LOST_AFTER_MS : frame.stale(index) ? STALE_AFTER_MS : 0;
      const old = serverMs - age;
      const fixMs = age === 0 ? serverMs : Number.isNaN(held) ? old : Math.min(held, old);
      const heading = frame.heading(index);
      this.#move(
        row,
        frame.lng(index),
        frame.lat(index),
        fixMs,
        nowMs,
        heading,
        frame.speed(index),
      );
    }
    if (frame.count > 0) this.version += 1;
  }

  /** Where a unit is drawn at `nowMs`. */
  at(unit: Id, nowMs: number): LngLat | null {
    const at = this.row(unit) * COLUMNS;
    if (at < 0) return null;
    return {
      lng: lngOf(this.#glide(at, COLUMN.fromX, nowMs)),
      lat: latOf(this.#glide(at, COLUMN.fromY, nowMs)),
    };
  }

  /** Whether anything still moves at `nowMs`. */
  moving(nowMs: number): boolean {
    return nowMs < this.#stillMs;
  }

  clear(): void {
    this.#rows.clear();
    this.#rowOfNo.clear();
    this.#stillMs = 0;
    this.version += 1;
  }

  #get(at: number, column: number): number {
    return this.data[at + column] ?? Number.NaN;
  }

  /** Between `from` and `to` of a coordinate, never beyond. */
  #glide(at: number, from: number, nowMs: number): number {
    const long = this.#get(at, COLUMN.glideMs);
    const gone = (nowMs - this.#get(at, COLUMN.startedMs)) / long;
    const share = long <= 0 ? 1 : Math.min(1, Math.max(0, gone));
    const begun = this.#get(at, from);
    return begun + (this.#get(at, from + 2) - begun) * share;
  }

  #rowOf(no: number, unitByNo: ReadonlyMap<number, Id>): number {
    const known = this.#rowOfNo.get(no);
    if (known !== undefined) return known;
    const unit = unitByNo.get(no);
    if (unit === undefined) return -1;
    const row = this.#rowFor(unit);
    this.#rowOfNo.set(no, row);
    return row;
  }

  #rowFor(unit: Id): number {
    const known = this.#rows.get(unit);
    if (known !== undefined) return known;
    const row = this.#rows.size;
    if ((row + 1) * COLUMNS > this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.fill(Number.NaN, row * COLUMNS, (row + 1) * COLUMNS);
    this.#rows.set(unit, row);
    return row;
  }

  #move(
    row: number,
    lng: number,
    lat: number,
    fixMs: number,
    nowMs: number,
    heading: number,
    speed: number,
  ): void {
    const { data } = this;
    const at = row * COLUMNS;
    const held = this.#get(at, COLUMN.fixMs);
    if (fixMs < held) return;
    const x = mercatorX(lng);
    const y = mercatorY(lat);
    const hereX = this.#glide(at, COLUMN.fromX, nowMs);
    const hereY = this.#glide(at, COLUMN.fromY, nowMs);
    // Written so that a row without a position (NaN) leaps.
    const leaps = !(Math.abs(hereX - x) + Math.abs(hereY - y) <= LEAP);
    const since = nowMs - this.#get(at, COLUMN.startedMs);
    const long = leaps ? 0 : Math.min(LONGEST_GLIDE_MS, Math.max(SHORTEST_GLIDE_MS, since));
    data[at + COLUMN.fromX] = leaps ? x : hereX;
    data[at + COLUMN.fromY] = leaps ? y : hereY;
    data[at + COLUMN.toX] = x;
    data[at + COLUMN.toY] = y;
    data[at + COLUMN.startedMs] = nowMs;
    data[at + COLUMN.glideMs] = long;
    if (!Number.isNaN(heading)) data[at + COLUMN.heading] = heading;
    data[at + COLUMN.speed] = speed;
    data[at + COLUMN.fixMs] = fixMs;
    if (nowMs + long > this.#stillMs) this.#stillMs = nowMs + long;
  }
}
