/**
 * A unit's track played back: what is loaded, where the play stands, and what is known of that moment.
 * Pure; times are milliseconds since 1970 by the server's clock, spans milliseconds.
 */

import type { Fix, LngLat } from '../wire';

/** Times as fast as it was. */
export const SPEEDS = [1, 5, 10, 30, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** Two fixes further apart than this leave a gap: while standing one comes every half minute. */
export const GAP_MS = 120_000;

/** Slower than this is standing, metres per second. */
const STANDING_MPS = 0.5;

/** One fix of a track. */
export interface Point extends LngLat {
  ms: number;
  speed_mps: number | null;
  heading_deg: number | null;
  accuracy_m: number | null;
}

export interface Playback {
  fromMs: number;
  toMs: number;
  /** Oldest first, no instant twice. */
  points: readonly Point[];
  /** The moment that is shown. */
  atMs: number;
  playing: boolean;
  speed: Speed;
}

export type Action =
  | { do: 'load'; fixes: readonly Fix[]; fromMs: number; toMs: number }
  | { do: 'play' }
  | { do: 'pause' }
  | { do: 'seek'; ms: number }
  | { do: 'speed'; speed: Speed }
  /** So many milliseconds of the viewer's time have passed. */
  | { do: 'pass'; ms: number };

/** What is known of one moment. */
export interface Moment {
  /** `moving` between two fixes, `standing` at one, `gap` where nothing was heard, `none` before the first. */
  kind: 'moving' | 'standing' | 'gap' | 'none';
  /** Where it was; in a gap where it was last seen. */
  at: LngLat | null;
  heading_deg: number | null;
  speed_mps: number | null;
  accuracy_m: number | null;
  /** When it was last seen at or before this moment. */
  seenMs: number | null;
}

/** Nothing loaded. */
export const EMPTY: Playback = {
  fromMs: 0,
  toMs: 0,
  points: [],
  atMs: 0,
  playing: false,
  speed: 10,
};

/** The playback after `action`. */
export function played(state: Playback, action: Action): Playback {
  switch (action.do) {
    case 'load': {
      const points = pointsOf(action.fixes);
      // It begins where something was seen: nobody waits through an empty hour.
      const atMs = points[0]?.ms ?? action.fromMs;
      return { ...state, fromMs: action.fromMs, toMs: action.toMs, points, atMs, playing: false };
    }
    case 'play': {
      if (state.points.length === 0) return state;
      const ended = state.atMs >= endOf(state);
      return { ...state, playing: true, atMs: ended ? (state.points[0]?.ms ?? 0) : state.atMs };
    }
    case 'pause':
      return { ...state, playing: false };
    case 'seek':
      return { ...state, atMs: within(action.ms, state.fromMs, state.toMs) };
    case 'speed':
      return { ...state, speed: action.speed };
    case 'pass': {
      if (!state.playing) return state;
      const end = endOf(state);
      const atMs = Math.min(end, state.atMs + action.ms * state.speed);
      return { ...state, atMs, playing: atMs < end };
    }
  }
}

/** Playing ends with the last fix. */
const endOf = (state: Playback): number => state.points.at(-1)?.ms ?? state.toMs;

const within = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));

/** Fixes in order of time, each instant once. */
function pointsOf(fixes: readonly Fix[]): Point[] {
  const points = fixes
    .map((fix) => ({
      lng: fix.lng,
      lat: fix.lat,
      ms: Date.parse(fix.at),
      speed_mps: fix.speed_mps ?? null,
      heading_deg: fix.heading_deg ?? null,
      accuracy_m: fix.accuracy_m ?? null,
    }))
    .filter(({ ms }) => !Number.isNaN(ms))
    .sort((a, b) => a.ms - b.ms);
  return points.filter((point, index) => point.ms !== points[index - 1]?.ms);
}

/** The number of points at or before `ms`. */
function reached(points: readonly Point[], ms: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.ms ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is known of the moment `ms`. */
export function momentAt(points: readonly Point[], ms: number): Moment {
  const count = reached(points, ms);
  const before = points[count - 1];
  const after = points[count];
  if (before === undefined) {
    return {
      kind: 'none',
      at: null,
      heading_deg: null,
      speed_mps: null,
      accuracy_m: null,
      seenMs: null,
    };
  }
  const known = {
    at: { lng: before.lng, lat: before.lat },
    heading_deg: before.heading_deg,
    accuracy_m: before.accuracy_m,
    seenMs: before.ms,
  };
  const span = (after?.ms ?? Number.POSITIVE_INFINITY) - before.ms;
  if (span > GAP_MS && ms > before.ms) {
    // The last point of all is no gap until it is old.
    const silent = after !== undefined || ms - before.ms > GAP_MS;
    return { ...known, kind: silent ? 'gap' : 'standing', speed_mps: null };
  }
  const standing = (before.speed_mps ?? 0) < STANDING_MPS && samePlace(before, after);
  if (standing || after === undefined) {
    return { ...known, kind: standing ? 'standing' : 'moving', speed_mps: before.speed_mps };
  }
  const share = (ms - before.ms) / span;
  return {
    ...known,
    kind: 'moving',
    at: {
      lng: before.lng + (after.lng - before.lng) * share,
      lat: before.lat + (after.lat - before.lat) * share,
    },
    speed_mps: before.speed_mps,
  };
}

const samePlace = (a: Point, b: Point | undefined): boolean =>
  b === undefined || (a.lng === b.lng && a.lat === b.lat);

/** The way as it is drawn: pieces that were seen, and straight gaps in which nothing was heard. */
export function pieces(points: readonly Point[]): { seen: LngLat[][]; gaps: [LngLat, LngLat][] } {
  const seen: LngLat[][] = [];
  const gaps: [LngLat, LngLat][] = [];
  let piece: LngLat[] = [];
  points.forEach((point, index) => {
    const last = points[index - 1];
    if (last !== undefined && point.ms - last.ms > GAP_MS) {
      gaps.push([last, point]);
      if (piece.length > 1) seen.push(piece);
      piece = [];
    }
    piece.push(point);
  });
  if (piece.length > 1) seen.push(piece);
  return { seen, gaps };
}

/** Stretches of the period without any fix, for the bar below the slider; shares of the period, 0 to 1. */
export function silences(state: Playback): { from: number; to: number }[] {
  const span = state.toMs - state.fromMs;
  if (span <= 0) return [];
  const share = (ms: number) => within((ms - state.fromMs) / span, 0, 1);
  const edges = [state.fromMs, ...state.points.map(({ ms }) => ms), state.toMs];
  return edges.slice(1).flatMap((ms, index) => {
    const before = edges[index] ?? ms;
    return ms - before > GAP_MS ? [{ from: share(before), to: share(ms) }] : [];
  });
}

/** `2026-11-22T14:05` by the office's clock, as a field for date and time wants it. */
export const wallField = (ms: number, utcOffsetH: number): string =>
  new Date(ms + utcOffsetH * 3_600_000).toISOString().slice(0, 16);

/** The instant such a field tells; null for none. */
export function fieldMs(text: string, utcOffsetH: number): number | null {
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? null : ms - utcOffsetH * 3_600_000;
}

/** The longest period the server plays back. */
export const LONGEST_MS = 24 * 3_600_000;

/** Whether a period can be asked for. */
export const isPeriod = (fromMs: number | null, toMs: number | null): boolean =>
  fromMs !== null && toMs !== null && fromMs < toMs && toMs - fromMs <= LONGEST_MS;
