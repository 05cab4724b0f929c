/**
 * What is worth a sound: a new report or incident of priority 1, an offer about to expire, a panic
 * button. Each is told once, and each is seen on the screen too. Pure; the sound is in sounds.svelte.ts.
 */

import type { Desk } from '../store/desk';
import { isOffer, isOpenIncident, isOpenReport } from '../store/select';
import type { Assignment, EntryFrame, Id, Incident, Report, Unit } from '../wire';

/** An offer is said to be expiring this long before its end. */
export const EXPIRING_S = 8;

export type Chime =
  | { kind: 'p1'; report: Report }
  | { kind: 'p1'; incident: Incident }
  | { kind: 'expiring'; assignment: Assignment; left_s: number }
  | { kind: 'panic'; unit: Unit };

/** Remembers what was told already. */
export class Chimes {
  #known = new Set<Id>();
  #warned = new Set<Id>();

  /** What is on the desk at the start is not new. */
  begin(desk: Desk): void {
    for (const { id } of desk.reports.values()) this.#known.add(id);
    for (const { id } of desk.incidents.values()) this.#known.add(id);
  }

  /** What an entry is worth. A report becomes urgent when it is read, not when it comes. */
  hear({ kind, changed }: Pick<EntryFrame, 'kind' | 'changed'>): Chime[] {
    const found: Chime[] = [];
    for (const incident of changed.incidents) {
      if (incident.priority !== 1 || !isOpenIncident(incident)) continue;
      // Whose report was heard is no news.
      const told = incident.reports.some((report) => this.#known.has(report));
      if (this.#first(incident.id) && !told) found.push({ kind: 'p1', incident });
      for (const report of incident.reports) this.#known.add(report);
    }
    for (const report of changed.reports) {
      if (report.reading.priority !== 1 || !isOpenReport(report)) continue;
      if (this.#first(report.id)) found.push({ kind: 'p1', report });
    }
    if (kind === 'unit_emergency') {
      const unit = changed.units.find((one) => one.emergency);
      if (unit !== undefined) found.push({ kind: 'panic', unit });
    }
    return found;
  }

  /** Offers whose end is near at `nowMs` (the server's clock). */
  expiring(desk: Desk, nowMs: number): Chime[] {
    const found: Chime[] = [];
    for (const assignment of desk.assignments.values()) {
      if (!isOffer(assignment) || this.#warned.has(assignment.id)) continue;
      const left = (Date.parse(assignment.expires_at) - nowMs) / 1000;
      if (left <= 0 || left > EXPIRING_S) continue;
      this.#warned.add(assignment.id);
      found.push({ kind: 'expiring', assignment, left_s: Math.ceil(left) });
    }
    return found;
  }

  #first(id: Id): boolean {
    if (this.#known.has(id)) return false;
    this.#known.add(id);
    return true;
  }
}
