/**
 * Which positions go to the server: at most one a second, the newest one.
 * Enters: what the browser's geolocation gives. Leaves: frames for the socket.
 */

import type { Fix } from '../wire';

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
