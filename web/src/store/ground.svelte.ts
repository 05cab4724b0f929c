/** Names and stations of the Polsek, for cards and the Polri clock. Filled by the map. */

import type { PolsekInfo } from '../map/layers/polsek';
import type { Incident } from '../wire';
import { distanceM, polriClockS } from './clock';

class Ground {
  polsek = $state.raw<ReadonlyMap<string, PolsekInfo>>(new Map());

  /** Name of a Polsek by code; the code itself while the names are on their way. */
  nameOf(code: string): string {
    return this.polsek.get(code)?.name ?? code;
  }

  /**
   * Seconds the Polri clock allows for an incident: by the distance from the station in charge,
   * straight (the road is longer, so the limit shown is never too generous).
   */
  limitOf(incident: Incident): number {
    const seat = this.polsek.get(incident.jurisdiction?.polsek ?? '')?.seat ?? null;
    return polriClockS(seat === null ? 0 : distanceM(seat, incident.place));
  }
}

export const ground = new Ground();
