/** Questions about closed roads, and drawings on their way to becoming one. Pure. */

import type { Closure, Drawing, LngLat } from '../wire';
import type { Desk } from './desk';

/** Closures that have not ended, those that hold first, then by their beginning. */
export function openClosures(closures: Desk['closures']): Closure[] {
  return [...closures.values()]
    .filter((one) => one.ended_at === undefined || one.ended_at === null)
    .sort((a, b) =>
      a.from_at < b.from_at ? -1 : a.from_at > b.from_at ? 1 : a.id < b.id ? -1 : 1,
    );
}

/** Whether it holds at this moment of the server's clock, milliseconds. */
export const holds = (one: Closure, nowMs: number): boolean =>
  Date.parse(one.from_at) <= nowMs && (one.until_at == null || nowMs < Date.parse(one.until_at));

/** Points needed before a drawing can be saved. */
export const enough = (kind: Drawing['type'], points: readonly LngLat[]): boolean =>
  points.length >= (kind === 'LineString' ? 2 : 3);

/** The drawing as the server wants it: an area is a closed ring. */
export function drawing(kind: Drawing['type'], points: readonly LngLat[]): Drawing {
  const line = points.map(({ lng, lat }): [number, number] => [round(lng), round(lat)]);
  const [first] = line;
  if (kind === 'LineString' || first === undefined)
    return { type: 'LineString', coordinates: line };
  return { type: 'Polygon', coordinates: [[...line, first]] };
}

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** The instant a choice of hours ends; null for one without an end. */
export const untilOf = (hours: number, nowMs: number): string | null =>
  hours <= 0 ? null : new Date(nowMs + hours * 3_600_000).toISOString();
