/** Questions about a desk, each answered in one place. Pure. */

import type { Assignment, AssignmentState, Id, Incident, Report, Unit, UnitStatus } from '../wire';
import type { Desk } from './desk';

/**
 * Place in the queue before arrival counts: priority 1, then what is guarded, then the rest, and what
 * was set aside after everything.
 */
function rank({ lane, reading }: Report): number {
  if (lane === 'guarded') return 10 + reading.priority;
  return lane === 'set_aside' ? 50 + reading.priority : reading.priority * 10;
}

/** Order in the queue: lane and priority, then arrival, then id. The same as the server's. */
export function compareInQueue(a: Report, b: Report): number {
  return (
    rank(a) - rank(b) ||
    compareText(a.stamps.received_at, b.stamps.received_at) ||
    compareText(a.id, b.id)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Reports that wait for an operator, first one first. */
export function queueOf(desk: Desk): Report[] {
  return [...desk.reports.values()].filter(isQueued).sort(compareInQueue);
}

/** Reports this operator has taken, or that wait for their reporter after this operator asked. */
export function claimedBy(desk: Desk, user: Id): Report[] {
  return [...desk.reports.values()]
    .filter(
      ({ state }) =>
        (state.name === 'claimed' || state.name === 'waiting_reporter') && state.by === user,
    )
    .sort(compareInQueue);
}

export const isQueued = (report: Report): boolean => report.state.name === 'queued';
export const isOpenReport = (report: Report): boolean => report.state.name !== 'closed';

/** Who holds a report: the operator's id, or null. */
export function holderOf(report: Report): Id | null {
  const { state } = report;
  return state.name === 'claimed' || state.name === 'waiting_reporter' ? state.by : null;
}

const LIVE: readonly AssignmentState[] = [
  'offered',
  'delivered',
  'accepted',
  'en_route',
  'on_scene',
];

/** Whether the unit is bound by it. */
export const isLive = (assignment: Assignment): boolean => LIVE.includes(assignment.state);
/** Whether it still waits for the crew's answer. */
export const isOffer = (assignment: Assignment): boolean =>
  assignment.state === 'offered' || assignment.state === 'delivered';

/** The one live assignment of a unit, if any. */
export function liveAssignmentOf(desk: Desk, unit: Unit | undefined): Assignment | null {
  if (unit === undefined) return null;
  const named = unit.assignment === null ? undefined : desk.assignments.get(unit.assignment);
  if (named !== undefined && isLive(named)) return named;
  for (const assignment of desk.assignments.values()) {
    if (assignment.unit === unit.id && isLive(assignment)) return assignment;
  }
  return null;
}

/** All assignments of an incident, newest first. */
export function assignmentsOf(desk: Desk, incident: Id): Assignment[] {
  return [...desk.assignments.values()]
    .filter((assignment) => assignment.incident === incident)
    .sort((a, b) => compareText(b.stamps.offered_at, a.stamps.offered_at));
}

export const isOpenIncident = (incident: Incident): boolean => incident.state !== 'closed';

/** What wants attention first: waiting for a unit, then under way, then set aside, then ended. */
const ATTENTION: Record<Incident['state'], number> = {
  queued: 0,
  offered: 1,
  responding: 2,
  on_scene: 2,
  cleared: 3,
  held: 4,
  closed: 5,
};

/** Incidents in the order of a dispatcher's attention. */
export function compareIncidents(a: Incident, b: Incident): number {
  return (
    ATTENTION[a.state] - ATTENTION[b.state] ||
    a.priority - b.priority ||
    compareText(a.received_at, b.received_at) ||
    compareText(a.id, b.id)
  );
}

export function incidentsOf(desk: Desk, withClosed = false): Incident[] {
  return [...desk.incidents.values()]
    .filter((incident) => withClosed || isOpenIncident(incident))
    .sort(compareIncidents);
}

/** Made once: comparing ten thousand call signs with `localeCompare` costs a tenth of a second. */
const callSigns = new Intl.Collator('id', { numeric: true });

/** Emergencies first, then by call sign ("Sabhara-2" before "Sabhara-10"). */
export function compareUnits(a: Unit, b: Unit): number {
  return Number(b.emergency) - Number(a.emergency) || callSigns.compare(a.call_sign, b.call_sign);
}

export function unitsOf(desk: Desk, status: UnitStatus | null = null): Unit[] {
  return [...desk.units.values()]
    .filter((unit) => status === null || unit.status === status)
    .sort(compareUnits);
}

/** How many units have each status. */
export function countByStatus(desk: Desk): Map<UnitStatus, number> {
  const counts = new Map<UnitStatus, number>();
  for (const unit of desk.units.values()) {
    counts.set(unit.status, (counts.get(unit.status) ?? 0) + 1);
  }
  return counts;
}
