/** Open incidents near another one, nearest first. Pure. */

import type { Incident, LngLat } from '../wire';

/** Incidents farther apart are not shown as perhaps one. Metres, and milliseconds. */
const NEAR_M = 500;
const NEAR_MS = 2 * 3600 * 1000;
const MOST = 4;

const EARTH_RADIUS_M = 6_371_008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres between two points of one city. */
export function metresBetween(a: LngLat, b: LngLat): number {
  const x = rad(b.lng - a.lng) * Math.cos(rad((a.lat + b.lat) / 2));
  return Math.hypot(x, rad(b.lat - a.lat)) * EARTH_RADIUS_M;
}

export function near(
  incident: Incident,
  all: Iterable<Incident>,
): { incident: Incident; distance_m: number }[] {
  const at = Date.parse(incident.received_at);
  return [...all]
    .filter(
      (other) =>
        other.id !== incident.id &&
        other.state !== 'closed' &&
        Math.abs(Date.parse(other.received_at) - at) <= NEAR_MS,
    )
    .map((other) => ({
      incident: other,
      distance_m: metresBetween(incident.place, other.place),
    }))
    .filter(({ distance_m }) => distance_m <= NEAR_M)
    .sort((a, b) => a.distance_m - b.distance_m)
    .slice(0, MOST);
}
