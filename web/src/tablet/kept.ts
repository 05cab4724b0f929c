/**
 * The last state of the tablet, kept on the device: a tablet that is started again without network shows
 * its assignment, marked with its age. Enters: what the screen shows. Leaves: the same after a restart.
 * Only what the crew sees anyway (no reporter is in it), of one crew at a time, gone with its sign-out
 * and after half a day.
 */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { exercise } from '../rehearsal/base';
import type { Assignment, Closure, Id, Incident, Me, Route, Unit, UnitMessage } from '../wire';
import type { Words } from './said.svelte';

export interface Kept {
  /** When the server was last heard, milliseconds of its clock; and the same by the clock of the device. */
  atMs: number;
  deviceMs: number;
  me: Me;
  seq: number;
  units: Unit[];
  assignments: Assignment[];
  incidents: Incident[];
  closures: Closure[];
  /** Absent in what an earlier version kept. */
  messages?: UnitMessage[];
  /** The words of those messages that are here. */
  said?: [Id, Words][];
  route: Route | null;
}

interface Shelf extends DBSchema {
  state: { key: string; value: Kept };
}

const KEY = 'last';
/** A shift: what is older says nothing about now, ms. */
export const OLDEST_MS = 12 * 3600_000;

/** Whether it may still be shown, by the clock of the device. */
export function usable(kept: Kept | undefined, deviceMs: number): kept is Kept {
  if (kept === undefined) return false;
  const age = deviceMs - kept.deviceMs;
  return age >= 0 && age <= OLDEST_MS;
}

let db: Promise<IDBPDatabase<Shelf>> | null = null;
const table = () =>
  (db ??= openDB<Shelf>(exercise === null ? 'sigap-kept' : 'sigap-kept-latihan', 1, {
    upgrade(made) {
      made.createObjectStore('state');
    },
  }));

/** The device's shelf; a browser that forbids storage keeps nothing and says nothing. */
export const kept = {
  async read(): Promise<Kept | null> {
    try {
      const found = await (await table()).get('state', KEY);
      if (usable(found, Date.now())) return found;
      if (found !== undefined) await this.forget();
    } catch {
      // No storage: as if nothing had been kept.
    }
    return null;
  },
  async write(state: Kept): Promise<void> {
    await table()
      .then((made) => made.put('state', state, KEY))
      .catch(() => undefined);
  },
  async forget(): Promise<void> {
    await table()
      .then((made) => made.delete('state', KEY))
      .catch(() => undefined);
  },
};
