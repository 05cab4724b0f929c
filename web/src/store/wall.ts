/** What the wall shows in figures. Pure: a desk in, counts out; each unit and report counts once. */

import type { Incident, Priority, UnitStatus } from '../wire';
import { waitingCalls } from './calls';
import { secondsSince } from './clock';
import type { Desk } from './desk';
import { countByStatus, isOpenIncident, queueOf } from './select';

export interface WallCounts {
  /** Reports that wait, by priority; those set aside are apart. */
  waiting: Record<Priority, number>;
  aside: number;
  /** How long the oldest of those that are not set aside waits, seconds; null when none waits. */
  oldest_s: number | null;
  claimed: number;
  calls: number;
  /** Incidents without a unit, under way, with a unit there. */
  incidents: { queued: number; moving: number; there: number };
  units: { free: number; bound: number; away: number; emergency: number };
}

const FREE: readonly UnitStatus[] = ['available'];
const BOUND: readonly UnitStatus[] = ['offered', 'committed', 'en_route', 'on_scene'];
const AWAY: readonly UnitStatus[] = ['busy', 'break', 'out_of_service'];

const MOVING: readonly Incident['state'][] = ['offered', 'responding'];
const THERE: readonly Incident['state'][] = ['on_scene', 'cleared'];

/** `nowMs` is the server's clock. */
export function wallCounts(desk: Desk, nowMs: number): WallCounts {
  const queue = queueOf(desk);
  const main = queue.filter(({ lane }) => lane !== 'set_aside');
  const waiting: Record<Priority, number> = { 1: 0, 2: 0, 3: 0, 4: 0 };
  let oldest: number | null = null;
  for (const { reading, stamps } of main) {
    waiting[reading.priority] += 1;
    oldest = Math.max(oldest ?? 0, secondsSince(stamps.received_at, nowMs));
  }
  const incidents = [...desk.incidents.values()].filter(isOpenIncident);
  const byStatus = countByStatus(desk);
  const units = (wanted: readonly UnitStatus[]) =>
    wanted.reduce((sum, status) => sum + (byStatus.get(status) ?? 0), 0);
  return {
    waiting,
    aside: queue.length - main.length,
    oldest_s: oldest,
    claimed: [...desk.reports.values()].filter(({ state }) => state.name === 'claimed').length,
    calls: waitingCalls(desk).filter(({ state }) => state.name === 'ringing').length,
    incidents: {
      queued: incidents.filter(({ state }) => state === 'queued').length,
      moving: incidents.filter(({ state }) => MOVING.includes(state)).length,
      there: incidents.filter(({ state }) => THERE.includes(state)).length,
    },
    units: {
      free: units(FREE),
      bound: units(BOUND),
      away: units(AWAY),
      emergency: [...desk.units.values()].filter(({ emergency }) => emergency).length,
    },
  };
}
