/** Where on its way a crew is, what comes next, and whether it has left the way. Pure. */

import type { LngLat, Route, RouteStep } from '../wire';

const METRES_PER_DEGREE = 111_194.9;

/** Further from the way than this, metres, it is asked for anew. */
export const OFF_WAY_M = 60;
/** A turn this near, metres, is behind us. */
const PASSED_M = 8;

export interface Progress {
  /** Metres from the start of the way to the point of it nearest to us. */
  along_m: number;
  /** Metres from us to that point. */
  off_m: number;
}

/** The place of `at` on a line of `[lng, lat]` points. */
export function progress(points: readonly (readonly [number, number])[], at: LngLat): Progress {
  const east = METRES_PER_DEGREE * Math.cos((at.lat * Math.PI) / 180);
  const flat = points.map(([lng, lat]) => [
    (lng - at.lng) * east,
    (lat - at.lat) * METRES_PER_DEGREE,
  ]);
  let best: Progress = { along_m: 0, off_m: Number.POSITIVE_INFINITY };
  let along = 0;
  for (let index = 0; index + 1 < flat.length; index += 1) {
    const [ax = 0, ay = 0] = flat[index] ?? [];
    const [bx = 0, by = 0] = flat[index + 1] ?? [];
    const [dx, dy] = [bx - ax, by - ay];
    const long = Math.hypot(dx, dy);
    const share = long === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (long * long)));
    const off_m = Math.hypot(ax + dx * share, ay + dy * share);
    if (off_m < best.off_m) best = { along_m: along + long * share, off_m };
    along += long;
  }
  return best;
}

export interface Next {
  step: RouteStep;
  /** Metres until it. */
  in_m: number;
}

/** What comes next; null without turns (an office without streets) or at the end. */
export function next(route: Route, at: LngLat): Next | null {
  const [first] = route.steps;
  const [start] = route.points;
  if (first === undefined || start === undefined) return null;
  // Steps are counted from the street on; the way begins where the crew stood.
  const lead = progress([start, [first.at.lng, first.at.lat]], first.at).along_m;
  const here = progress(route.points, at).along_m - lead;
  const coming = route.steps.slice(1).find((step) => step.from_start_m > here + PASSED_M);
  const step = coming ?? route.steps.at(-1);
  return step === undefined ? null : { step, in_m: Math.max(0, step.from_start_m - here) };
}

/** How much of the way is left, by the share of it that lies behind us. */
export function left(route: Route, at: LngLat): { metres: number; secs: number } {
  const last = route.points.at(-1);
  if (last === undefined || route.points.length < 2)
    return { metres: route.metres, secs: route.secs };
  const whole = progress(route.points, { lng: last[0], lat: last[1] }).along_m;
  const share = whole <= 0 ? 1 : Math.max(0, 1 - progress(route.points, at).along_m / whole);
  return { metres: route.metres * share, secs: route.secs * share };
}

/** Whether the crew has left the way. */
export const strayed = (route: Route, at: LngLat): boolean =>
  route.points.length > 1 && progress(route.points, at).off_m > OFF_WAY_M;

/** A distance as it is said: to ten metres, below a hundred too. */
export const roundedM = (metres: number): number =>
  metres < 1000 ? Math.max(10, Math.round(metres / 10) * 10) : Math.round(metres / 100) * 100;
