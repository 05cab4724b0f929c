/** The trackers of the units as an administrator enters them. Pure. */

import type { Id, KnownTracker } from '../wire';

/** Trackers in one unit, at most, and the length of a name: as the server takes them. */
const MOST = 8;
const LONGEST = 64;

/** What was typed, one name a line: each once. Null when the server would refuse it. */
export function namesOf(text: string): string[] | null {
  const names = [...new Set(text.split(/[\n,;]/).map((name) => name.trim()))].filter(
    (name) => name !== '',
  );
  const good = names.length <= MOST && names.every((name) => [...name].length <= LONGEST);
  return good ? names : null;
}

/** The trackers of each unit, by name. */
export function byUnit(trackers: readonly KnownTracker[]): ReadonlyMap<Id, KnownTracker[]> {
  const found = new Map<Id, KnownTracker[]>();
  for (const one of trackers) found.set(one.unit_id, [...(found.get(one.unit_id) ?? []), one]);
  return found;
}

/** Trackers that would leave another unit for this one. */
export const moved = (
  names: readonly string[],
  unit: Id,
  trackers: readonly KnownTracker[],
): KnownTracker[] => trackers.filter((one) => names.includes(one.device) && one.unit_id !== unit);
