/** Where units stand for the reach map, and a move that is only tried. Pure. */

import type { Polygon } from 'geojson';
import type { LngLat, Units } from '../wire';

/** Pins on one map; more would hide the cells. */
export const MOST_PINS = 120;

/** A fix older than this is lost, and the unit counts at its post: as the server reckons. Milliseconds. */
const LOST_MS = 15 * 60_000;

export interface Move {
  unit: string;
  at: LngLat;
}

/** Where each unit counts from. */
export function placesOf(units: Units | null, nowMs: number): ReadonlyMap<string, LngLat> {
  const places = new Map((units?.items ?? []).map((unit) => [unit.id, unit.post]));
  for (const fix of units?.fixes ?? []) {
    if (nowMs - Date.parse(fix.at) <= LOST_MS)
      places.set(fix.unit_id, { lng: fix.lng, lat: fix.lat });
  }
  return places;
}

/** The move as the server is asked. */
export function moveQuery(move: Move | null): { move?: string } {
  return move === null
    ? {}
    : { move: `${move.unit}:${move.at.lat.toFixed(6)},${move.at.lng.toFixed(6)}` };
}

/** The middle of a cell. */
export function middleOf(shape: Polygon): LngLat {
  const corners = (shape.coordinates[0] ?? []).slice(1);
  const mean = (i: 0 | 1) =>
    corners.reduce((sum, corner) => sum + (corner[i] ?? 0), 0) / Math.max(1, corners.length);
  return { lng: mean(0), lat: mean(1) };
}
