/**
 * The state of one desk as a screen sees it. Pure: a frame and the old desk give the new desk.
 * Nothing is computed that the server did not say; screens only read it.
 */

import type {
  Assignment,
  Call,
  Closure,
  EntryFrame,
  Id,
  Incident,
  Report,
  SnapshotFrame,
  TimelineItem,
  Unit,
  UnitMessage,
} from '../wire';

export interface Desk {
  polres: string;
  /** Number of the last entry applied; 0 before the snapshot. */
  seq: number;
  reports: ReadonlyMap<Id, Report>;
  incidents: ReadonlyMap<Id, Incident>;
  assignments: ReadonlyMap<Id, Assignment>;
  units: ReadonlyMap<Id, Unit>;
  calls: ReadonlyMap<Id, Call>;
  /** Closed roads, those too that were opened again since the snapshot. */
  closures: ReadonlyMap<Id, Closure>;
  /** Messages between the desk and its crews, of the last day. */
  messages: ReadonlyMap<Id, UnitMessage>;
  /** Unit id by the short number of binary frames. */
  unitByNo: ReadonlyMap<number, Id>;
  /** The last entries, newest first: the ticker, and the live end of a timeline. */
  recent: readonly EntryFrame[];
}

/** How many entries are kept for the ticker. */
export const RECENT_ENTRIES = 200;

export function emptyDesk(): Desk {
  return {
    polres: '',
    seq: 0,
    reports: new Map(),
    incidents: new Map(),
    assignments: new Map(),
    units: new Map(),
    calls: new Map(),
    closures: new Map(),
    messages: new Map(),
    unitByNo: new Map(),
    recent: [],
  };
}

const byId = <T extends { id: Id }>(items: readonly T[]): Map<Id, T> =>
  new Map(items.map((item) => [item.id, item]));

const numbers = (units: Iterable<Unit>): Map<number, Id> =>
  new Map(Array.from(units, (unit) => [unit.no, unit.id]));

/** A new desk; the ticker survives when it is the same office. */
export function fromSnapshot(frame: SnapshotFrame, before: Desk = emptyDesk()): Desk {
  return {
    polres: frame.polres,
    seq: frame.seq,
    reports: byId(frame.reports),
    incidents: byId(frame.incidents),
    assignments: byId(frame.assignments),
    units: byId(frame.units),
    calls: byId(frame.calls),
    closures: byId(frame.closures),
    messages: byId(frame.messages),
    unitByNo: numbers(frame.units),
    recent: before.polres === frame.polres ? before.recent : [],
  };
}

/** `items` with `changed` put in by id; the same map when nothing changed. */
export function upsert<T extends { id: Id }>(
  items: ReadonlyMap<Id, T>,
  changed: readonly T[],
): ReadonlyMap<Id, T> {
  if (changed.length === 0) return items;
  const next = new Map(items);
  for (const item of changed) next.set(item.id, item);
  return next;
}

/** The desk after one entry; the same desk when it was applied already. */
export function applyEntry(desk: Desk, frame: EntryFrame): Desk {
  if (frame.seq <= desk.seq) return desk;
  const { reports, incidents, assignments, units, calls, closures, messages } = frame.changed;
  const strangers = units.some((unit) => desk.unitByNo.get(unit.no) !== unit.id);
  const nextUnits = upsert(desk.units, units);
  return {
    polres: desk.polres,
    seq: frame.seq,
    reports: upsert(desk.reports, reports),
    incidents: upsert(desk.incidents, incidents),
    assignments: upsert(desk.assignments, assignments),
    units: nextUnits,
    calls: upsert(desk.calls, calls),
    closures: upsert(desk.closures, closures),
    messages: upsert(desk.messages, messages),
    unitByNo: strangers ? numbers(nextUnits.values()) : desk.unitByNo,
    recent: [frame, ...desk.recent].slice(0, RECENT_ENTRIES),
  };
}

/** Whether an entry is about an incident: by its data, or by what it changed. */
export function concerns(frame: EntryFrame, incident: Id): boolean {
  const data: Record<string, unknown> = frame.data ?? {};
  if (data.incident === incident || data.taken_for === incident) return true;
  return (
    frame.changed.incidents.some((changed) => changed.id === incident) ||
    frame.changed.assignments.some((changed) => changed.incident === incident)
  );
}

/** A loaded timeline continued by the entries heard since, oldest first, none twice. */
export function continueTimeline(
  loaded: readonly TimelineItem[],
  recent: readonly EntryFrame[],
  incident: Id,
): TimelineItem[] {
  const last = loaded.at(-1)?.seq ?? 0;
  const heard = recent.filter((frame) => frame.seq > last && concerns(frame, incident)).reverse();
  return [...loaded, ...heard];
}
