/**
 * One act for several reports or incidents: which of them it can be done to, and doing it. Each goes
 * through the same door as a single one, so that no rule is passed over; what is refused is told by row.
 */

import type { Id, Incident, Report } from '../wire';

export type ReportAct = 'aside' | 'back' | 'release' | 'join' | 'refer' | 'hand_over' | 'close';
export type IncidentAct = 'hold' | 'resume' | 'merge' | 'refer' | 'close_incident';
export type BulkAct = ReportAct | IncidentAct;

export const REPORT_ACTS = [
  'close',
  'join',
  'refer',
  'hand_over',
  'aside',
  'back',
  'release',
] as const;
export const INCIDENT_ACTS = ['close_incident', 'merge', 'refer', 'hold', 'resume'] as const;

/** Why an act passes over a row; a word of `bulk.why_…`. */
export type WhyNot =
  | 'ended'
  | 'attached'
  | 'held'
  | 'held_other'
  | 'urgent'
  | 'guarded'
  | 'already'
  | 'free'
  | 'target'
  | 'gone'
  | 'needs_note';

/** Who acts. */
export interface Actor {
  id: Id;
  supervises: boolean;
}

/** Why this report is passed over; null when the act can be tried. */
export function reportWhyNot(act: ReportAct, report: Report, actor: Actor): WhyNot | null {
  const { state, lane } = report;
  if (state.name === 'closed') return 'ended';
  if (state.name === 'attached' || state.name === 'joined') return 'attached';
  const holder = state.name === 'claimed' ? state.by : null;
  const others = holder !== null && holder !== actor.id;
  if (act === 'release') {
    if (holder === null) return 'free';
    return others && !actor.supervises ? 'held' : null;
  }
  if (others) return 'held';
  if (act === 'aside' || act === 'back') {
    if (lane === 'guarded') return 'guarded';
    if ((lane === 'set_aside') === (act === 'aside')) return 'already';
    if (act === 'aside' && report.reading.priority <= 2) return 'urgent';
  }
  return null;
}

/** Why this incident is passed over; null when the act can be tried. */
export function incidentWhyNot(act: IncidentAct, incident: Incident): WhyNot | null {
  if (incident.state === 'closed') return 'ended';
  const held = incident.state === 'held';
  if (act === 'hold') return held ? 'already' : null;
  if (act === 'resume') return held ? null : 'already';
  return null;
}

/** One row of what came of it. */
export interface Deed {
  id: Id;
  number: string;
  /** `waiting` until its turn; `refused` by the server, `skipped` by the rule above. */
  state: 'waiting' | 'done' | 'refused' | 'skipped' | 'undone';
  /** Why not, in words. */
  why: string;
  undo: (() => Promise<unknown>) | null;
}

/** Requests on their way at once. */
const AT_ONCE = 6;

/**
 * Does `one` for each of the rows, a few at a time and each once, in order; tells after each. A row that
 * fails stops none of the others.
 */
export async function each<T>(
  rows: readonly T[],
  one: (row: T) => Promise<void>,
  told: () => void,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < rows.length) {
      const row = rows[next++] as T;
      await one(row);
      told();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, rows.length) }, worker));
}
