/** Questions about the calls of a desk, each answered in one place. Pure. */

import type { Call, CallLevel, Id } from '../wire';
import type { Desk } from './desk';

/** Seconds a call may ring at one level before it climbs. */
export const CLIMB_AFTER_S = 10;

const byArrival = (a: Call, b: Call): number =>
  a.stamps.received_at < b.stamps.received_at
    ? -1
    : a.stamps.received_at > b.stamps.received_at
      ? 1
      : a.id < b.id
        ? -1
        : 1;

/** Off the hook or ringing. */
export const isLiveCall = (call: Call): boolean => call.stamps.ended_at === null;

/** What the shield set aside comes after what it did not: it rings all the same. */
const byTurn = (a: Call, b: Call): number =>
  Number(a.set_aside) - Number(b.set_aside) || byArrival(a, b);

/** Calls nobody has taken on a screen, eldest first, set aside last: they ring, or were picked up without a word. */
export function waitingCalls(desk: Desk): Call[] {
  return [...desk.calls.values()]
    .filter((call) => isLiveCall(call) && call.by === null && call.result === null)
    .sort(byTurn);
}

/** Calls of this operator that still want a word about what came of them, eldest first. */
export function callsOf(desk: Desk, user: Id): Call[] {
  return [...desk.calls.values()]
    .filter((call) => call.by === user && call.result === null)
    .sort(byArrival);
}

/** Hung up before anyone answered and not called back, youngest first. */
export function abandonedCalls(desk: Desk): Call[] {
  return [...desk.calls.values()]
    .filter(
      ({ state, called_back_by, by }) =>
        state.name === 'abandoned' && called_back_by === null && by === null,
    )
    .sort((a, b) => byArrival(b, a));
}

/** The eldest call that rings and is to be answered by whoever is free. */
export const nextCall = (desk: Desk): Call | null =>
  waitingCalls(desk).find(({ state }) => state.name === 'ringing') ?? waitingCalls(desk)[0] ?? null;

const STEPS: Record<CallLevel, number> = { polsek: 0, polres: 1, polda: 2 };

/** Seconds it has rung. */
export const rungFor = (call: Call, nowMs: number): number =>
  Math.max(0, (nowMs - Date.parse(call.stamps.received_at)) / 1000);

/** Seconds until it climbs; 0 when it cannot climb any more or ought to have. */
export function climbsIn(call: Call, nowMs: number): number {
  if (call.level === 'polda') return 0;
  const due = (STEPS[call.level] + 1) * CLIMB_AFTER_S;
  return Math.min(CLIMB_AFTER_S, Math.max(0, due - rungFor(call, nowMs)));
}
