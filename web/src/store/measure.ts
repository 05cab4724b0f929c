/** Lengths along a drawn line. Pure. */

import type { LngLat } from '../wire';
import { distanceM } from './clock';

/** Metres from the first point to each, along the line; 0 for the first. */
export function lengthsM(points: readonly LngLat[]): number[] {
  let sum = 0;
  return points.map((point, n) => {
    const before = points[n - 1];
    if (before !== undefined) sum += distanceM(before, point);
    return sum;
  });
}
