/** Spans and the Polri clock. Pure; time is an argument (milliseconds since 1970, server clock). */

import type { Instant, LngLat } from '../wire';

const METRES_PER_DEGREE = 111_194.9;

/**
 * Seconds allowed from report to scene by distance from the station: 10 min, 15 beyond 5 km,
 * 25 beyond 10 km (ANTARA, 26 Jan 2026; Tribun, 18 Nov 2025). The same as model/timeline.rs.
 */
export function polriClockS(stationDistanceM: number): number {
  if (stationDistanceM > 10_000) return 25 * 60;
  if (stationDistanceM > 5_000) return 15 * 60;
  return 10 * 60;
}

/** Metres between two points, flat (within 0.5 % inside a city). */
export function distanceM(a: LngLat, b: LngLat): number {
  const dx = (b.lng - a.lng) * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot(dx, b.lat - a.lat) * METRES_PER_DEGREE;
}

export const secondsSince = (instant: Instant, nowMs: number): number =>
  (nowMs - Date.parse(instant)) / 1000;

/** A clock that is off by more than this from a steady one was moved, or its computer slept, ms. */
const MOVED_MS = 5_000;

/** Whether a clock was moved since it was set: how much later it is by itself, and by a steady clock. */
export const clockMoved = (sinceMs: number, steadySinceMs: number): boolean =>
  Math.abs(sinceMs - steadySinceMs) > MOVED_MS;

/** `4:07`, `1:02:05`; negative spans with a minus sign. */
export function clockText(seconds: number): string {
  const whole = Math.trunc(Math.abs(seconds));
  const hours = Math.trunc(whole / 3600);
  const minutes = Math.trunc((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  const sign = seconds <= -1 ? '−' : '';
  return hours > 0
    ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${rest}`
    : `${sign}${minutes}:${rest}`;
}

const ZONES: Record<number, string> = { 7: 'WIB', 8: 'WITA', 9: 'WIT' };

export const zoneName = (utcOffsetH: number): string =>
  ZONES[utcOffsetH] ?? `UTC${utcOffsetH < 0 ? '−' : '+'}${Math.abs(utcOffsetH)}`;

/** `14.05.09` wall time of the office, Indonesian notation; without seconds when asked. */
export function wallTime(ms: number, utcOffsetH: number, withSeconds = true): string {
  const local = new Date(ms + utcOffsetH * 3_600_000).toISOString();
  return local.slice(11, withSeconds ? 19 : 16).replaceAll(':', '.');
}

/** `Minggu, 22 November 2026` by the office's calendar. */
export function wallDate(ms: number, utcOffsetH: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(ms + utcOffsetH * 3_600_000));
}

/** `850 m`, `3,2 km`. */
export function metresText(metres: number, locale = 'id-ID'): string {
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${(metres / 1000).toLocaleString(locale, { maximumFractionDigits: 1 })} km`;
}
