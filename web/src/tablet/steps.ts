/**
 * The crew's side of an assignment: which step comes next, and what the tablet shows.
 *
 * Enters: the assignment as the server last told it, and the steps the crew has pressed that the
 * server has not confirmed yet. Leaves: the state the crew sees. No clock, no network, no storage.
 * The rules are those of `Assignment::can_step` in src/model/assignment.rs.
 */

import type { AssignmentState, Id, Instant, Step } from '../wire';

/** What fills the tablet: no assignment, an offer to answer, or a job in one of its three stages. */
export type Stage = 'idle' | 'offer' | 'accepted' | 'en_route' | 'on_scene';

/** A step pressed on this tablet that the server has not confirmed. `at` is the device's clock. */
export interface PendingStep {
  /** What was kept before there were other things to send has none. */
  kind?: 'step';
  /** Made once on the tablet; the server takes each key at most once. */
  key: string;
  assignment: Id;
  step: Step;
  at: Instant;
  lng?: number;
  lat?: number;
  reason?: string;
  /** The incident of the assignment: a note may still go there when the step is refused. */
  incident?: Id;
}

const LAWFUL: Record<AssignmentState, readonly Step[]> = {
  offered: ['accept', 'refuse'],
  delivered: ['accept', 'refuse'],
  accepted: ['en_route', 'on_scene', 'refuse'],
  en_route: ['on_scene'],
  on_scene: ['clear'],
  cleared: [],
  refused: [],
  expired: [],
  released: [],
  preempted: [],
  transferred: [],
};

const TARGET: Record<Step, AssignmentState> = {
  accept: 'accepted',
  refuse: 'refused',
  en_route: 'en_route',
  on_scene: 'on_scene',
  clear: 'cleared',
};

/** The one big button: the step that leads on from each stage. */
const NEXT: Record<Stage, Step | null> = {
  idle: null,
  offer: 'accept',
  accepted: 'en_route',
  en_route: 'on_scene',
  on_scene: 'clear',
};

/** Whether the crew may take `step` from `state`. */
export function canStep(state: AssignmentState, step: Step): boolean {
  return LAWFUL[state].includes(step);
}

/** The state after `step`, or null when the step is not lawful from here. */
export function after(state: AssignmentState, step: Step): AssignmentState | null {
  return canStep(state, step) ? TARGET[step] : null;
}

/**
 * The state the crew sees: the server's, moved on by every pending step that is still lawful.
 * A pending step the server already knows (it answered, then the line broke) changes nothing.
 */
export function seenState(
  assignment: { id: Id; state: AssignmentState },
  pending: readonly PendingStep[],
): AssignmentState {
  return pending
    .filter((item) => item.assignment === assignment.id)
    .reduce((state, item) => after(state, item.step) ?? state, assignment.state);
}

/** What the tablet shows in a given state. Ended assignments show the idle screen. */
export function stageOf(state: AssignmentState | null): Stage {
  switch (state) {
    case 'offered':
    case 'delivered':
      return 'offer';
    case 'accepted':
    case 'en_route':
    case 'on_scene':
      return state;
    default:
      return 'idle';
  }
}

/** The step behind the big button, null when there is nothing to do. */
export function nextStep(stage: Stage): Step | null {
  return NEXT[stage];
}

/** A crew may refuse an offer, and give back an accepted job until it has set off. */
export function canRefuse(stage: Stage): boolean {
  return stage === 'offer' || stage === 'accepted';
}

/**
 * Whether a press on the big button must be ignored because the last one was just now.
 * A step cannot be taken back, and the button that follows lies under the same thumb.
 */
export function tooSoon(lastPressMs: number | null, nowMs: number): boolean {
  return lastPressMs !== null && nowMs - lastPressMs < PRESS_GUARD_MS;
}

/** A double tap on a tablet takes up to about 400 ms; a screen change needs a moment to be read. */
export const PRESS_GUARD_MS = 900;

/** An ended assignment the crew has not ended itself deserves a word: which one. */
export function endedByOthers(state: AssignmentState): EndedByOthers | null {
  const one = ENDED_BY_OTHERS.find((other) => other === state);
  return one ?? null;
}

const ENDED_BY_OTHERS = ['expired', 'released', 'preempted', 'transferred'] as const;
export type EndedByOthers = (typeof ENDED_BY_OTHERS)[number];

/** A crew may hand on a job it has accepted, until it has arrived. */
export function canHand(stage: Stage): boolean {
  return stage === 'accepted' || stage === 'en_route';
}

const RANK: Record<AssignmentState, number> = {
  offered: 0,
  delivered: 1,
  accepted: 2,
  en_route: 3,
  on_scene: 4,
  cleared: 5,
  refused: 5,
  expired: 5,
  released: 5,
  preempted: 5,
  transferred: 5,
};

/**
 * The later of two tellings of the same assignment. The answer to a step and the entry about it come
 * on two connections in either order; without this the screen would jump back for a moment, and a
 * second tap would land on the wrong button. An assignment never goes backwards.
 */
export function later<T extends { state: AssignmentState }>(a: T, b: T): T {
  return RANK[b.state] > RANK[a.state] ? b : a;
}
