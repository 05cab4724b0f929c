/**
 * What the crew's own positions say about its job: it seems to have set off, or to have arrived.
 * Only said, never done: the crew confirms with the one button that is there anyway.
 * Enters: fixes of this tablet in order. Leaves: the step they speak for, or null.
 */

import type { Fix, Step } from '../wire';
import type { Stage } from './steps';

interface Point {
  lng: number;
  lat: number;
}

/** Farther than this from where the job was accepted, a crew is under way, m. GPS drifts up to 50. */
const SET_OFF_M = 120;
/** Nearer than this to the place a crew is there, m: the length of a fire engine's hose and a parked car. */
const THERE_M = 60;
/** A place known no better than this is a neighbourhood: arriving in it says little, m. */
const VAGUE_M = 150;
/** Who is faster than a brisk walk is passing by, m/s. */
const STANDING_MPS = 2;
/** A fix known no better than this says nothing, m. */
const POOR_M = 100;

/** Metres between two points; flat, good within a city. */
export function metres(a: Point, b: Point): number {
  const north = (b.lat - a.lat) * 111_195;
  const east = (b.lng - a.lng) * 111_195 * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(north, east);
}

/** The step the positions speak for. `accepted` is where the crew was when it took the job. */
export function seems(
  stage: Stage,
  fix: Fix | null,
  accepted: Point | null,
  place: (Point & { radius_m: number }) | null,
): Step | null {
  if (fix === null || (fix.accuracy_m ?? 0) > POOR_M) return null;
  const standing = (fix.speed_mps ?? 0) < STANDING_MPS;
  const near =
    place !== null &&
    place.radius_m <= VAGUE_M &&
    metres(fix, place) <= Math.max(THERE_M, place.radius_m);
  const left = accepted !== null && metres(fix, accepted) > SET_OFF_M;
  // Who took the job where it is has not come from anywhere yet.
  if ((stage === 'en_route' || (stage === 'accepted' && left)) && near && standing)
    return 'on_scene';
  return stage === 'accepted' && left ? 'en_route' : null;
}
