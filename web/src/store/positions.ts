/**
 * Last and next position of every unit, for a map that glides between them. Mutable and outside the
 * reactive state on purpose: thousands of fixes a second must not re-render a screen.
 */

import type { PositionRecord } from '../positions';
import type { Id, LngLat, UnitFix } from '../wire';

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

/** A jump longer than this is not drawn as movement, degrees (about 1 km). */
const LEAP_DEG = 0.01;
/** A gap longer than this is not glided over in full, milliseconds. */
const LONGEST_GLIDE_MS = 2_000;
const SHORTEST_GLIDE_MS = 200;

/** Where a unit was drawn last, and where it is gliding to. Times are milliseconds of our own clock. */
export interface Track {
  from: LngLat;
  to: LngLat;
  startedMs: number;
  glideMs: number;
  heading_deg: number | null;
  speed_mps: number | null;
  /** When the fix was taken, milliseconds of the server's clock. */
  fixMs: number;
}

export class PositionBook {
  readonly tracks = new Map<Id, Track>();
  /** Grows with every change: cheap to compare. */
  version = 0;

  /** Fixes as JSON; a fix older than the one we hold is dropped. */
  hear(fixes: readonly UnitFix[], nowMs: number): void {
    for (const fix of fixes) {
      this.#move(
        fix.unit_id,
        fix,
        Date.parse(fix.at),
        nowMs,
        fix.heading_deg ?? null,
        fix.speed_mps ?? null,
      );
    }
    if (fixes.length > 0) this.version += 1;
  }

  /** Records of a binary tile; the age of a fix is told by its flags. */
  hearTile(
    records: readonly PositionRecord[],
    unitByNo: ReadonlyMap<number, Id>,
    nowMs: number,
    serverMs: number,
  ): void {
    for (const record of records) {
      const unit = unitByNo.get(record.no);
      if (unit === undefined) continue;
      const held = this.tracks.get(unit)?.fixMs ?? 0;
      const age = record.lost ? LOST_AFTER_MS : record.stale ? STALE_AFTER_MS : 0;
      const fixMs = age === 0 ? serverMs : Math.min(held || serverMs - age, serverMs - age);
      this.#move(unit, record, fixMs, nowMs, record.heading_deg, record.speed_mps);
    }
    if (records.length > 0) this.version += 1;
  }

  /** Where a unit is drawn at `nowMs`. */
  at(unit: Id, nowMs: number): LngLat | null {
    const track = this.tracks.get(unit);
    return track === undefined ? null : glide(track, nowMs);
  }

  /** Whether anything still moves at `nowMs`. */
  moving(nowMs: number): boolean {
    for (const track of this.tracks.values()) {
      if (nowMs < track.startedMs + track.glideMs) return true;
    }
    return false;
  }

  clear(): void {
    this.tracks.clear();
    this.version += 1;
  }

  #move(
    unit: Id,
    to: LngLat,
    fixMs: number,
    nowMs: number,
    heading: number | null,
    speed: number | null,
  ): void {
    const held = this.tracks.get(unit);
    if (held !== undefined && fixMs < held.fixMs) return;
    const here = held === undefined ? null : glide(held, nowMs);
    const leaps =
      here === null || Math.abs(here.lng - to.lng) + Math.abs(here.lat - to.lat) > LEAP_DEG;
    const since = held === undefined ? 0 : nowMs - held.startedMs;
    this.tracks.set(unit, {
      from: leaps ? { lng: to.lng, lat: to.lat } : here,
      to: { lng: to.lng, lat: to.lat },
      startedMs: nowMs,
      glideMs: leaps ? 0 : Math.min(LONGEST_GLIDE_MS, Math.max(SHORTEST_GLIDE_MS, since)),
      heading_deg: heading ?? held?.heading_deg ?? null,
      speed_mps: speed,
      fixMs,
    });
  }
}

/** The point of a track at `nowMs`: between `from` and `to`, never beyond. */
export function glide(track: Track, nowMs: number): LngLat {
  const share =
    track.glideMs <= 0 ? 1 : Math.min(1, Math.max(0, (nowMs - track.startedMs) / track.glideMs));
  return {
    lng: track.from.lng + (track.to.lng - track.from.lng) * share,
    lat: track.from.lat + (track.to.lat - track.from.lat) * share,
  };
}
