/**
 * Which positions go to the server: at most one a second, the newest one.
 * Enters: what the browser's geolocation gives. Leaves: frames for the socket.
 */

import type { Fix } from '../wire';
import { metres } from './motion';

/** The parts of the browser's `GeolocationPosition` that are used. */
export interface RawPosition {
  timestamp: number;
  coords: {
    longitude: number;
    latitude: number;
    accuracy: number;
    speed: number | null;
    heading: number | null;
  };
}

/** Two fixes closer than this are one (the server takes about one a second). */
export const MIN_GAP_MS = 1_000;

/** Turns a browser position into a fix in server time. `offsetMs` is server clock minus device clock. */
export function fixOf(raw: RawPosition, offsetMs: number): Fix {
  const { longitude, latitude, accuracy, speed, heading } = raw.coords;
  return {
    lng: round6(longitude),
    lat: round6(latitude),
    at: new Date(raw.timestamp + offsetMs).toISOString(),
    ...(finite(accuracy) ? { accuracy_m: Math.round(accuracy) } : {}),
    ...(finite(speed) ? { speed_mps: Math.max(0, speed) } : {}),
    // Browsers give NaN, not null, for the heading of a car that stands.
    ...(finite(heading) ? { heading_deg: heading % 360 } : {}),
  };
}

/** A car that stands wanders this far in the sky, m; and is told again this often, ms. */
const STANDS_M = 8;
const STANDS_MS = 10_000;

/** Whether a fix says nothing new: the car stands where the last one that was kept has it. */
export function stillThere(kept: Fix | null, fix: Fix): boolean {
  if (kept === null || (fix.speed_mps ?? 0) >= 1) return false;
  const age = Date.parse(fix.at) - Date.parse(kept.at);
  return age >= 0 && age < STANDS_MS && metres(kept, fix) < STANDS_M;
}

/** Whether a fix measured at `atMs` may follow one sent at `lastMs`. Old ones never follow newer. */
export function worthSending(lastMs: number | null, atMs: number): boolean {
  return lastMs === null || atMs - lastMs >= MIN_GAP_MS;
}

function finite(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

/** Six decimals are 0.11 m: more than any receiver knows. */
function round6(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
