import { describe, expect, it } from 'vitest';
import type { AssignmentState, Step } from '../wire';
import {
  after,
  canRefuse,
  canStep,
  endedByOthers,
  later,
  nextStep,
  type PendingStep,
  PRESS_GUARD_MS,
  seenState,
  stageOf,
  tooSoon,
} from './steps';

const STATES: AssignmentState[] = [
  'offered',
  'delivered',
  'accepted',
  'en_route',
  'on_scene',
  'cleared',
  'refused',
  'expired',
  'released',
  'preempted',
  'transferred',
];
const STEPS: Step[] = ['accept', 'refuse', 'en_route', 'on_scene', 'clear'];

function pending(step: Step, assignment = 'a1'): PendingStep {
  return { key: `${assignment}-${step}`, assignment, step, at: '2026-11-22T03:00:00Z' };
}

describe('the steps of a crew', () => {
  it('the big button leads from an offer to the end, one stage at a time', () => {
    const seen: AssignmentState[] = [];
    let state: AssignmentState = 'delivered';
    for (let step = nextStep(stageOf(state)); step !== null; step = nextStep(stageOf(state))) {
      state = after(state, step) ?? state;
      seen.push(state);
    }
    expect(seen).toEqual(['accepted', 'en_route', 'on_scene', 'cleared']);
  });

  it('the step behind the big button is lawful in every live state', () => {
    for (const state of STATES) {
      const step = nextStep(stageOf(state));
      if (step !== null) expect(canStep(state, step)).toBe(true);
    }
  });

  it('refusing is offered exactly where the server allows it', () => {
    for (const state of STATES) expect(canRefuse(stageOf(state))).toBe(canStep(state, 'refuse'));
  });

  it('an ended assignment takes no step and shows the idle screen', () => {
    for (const state of [
      'cleared',
      'refused',
      'expired',
      'released',
      'preempted',
      'transferred',
    ] as const) {
      expect(STEPS.some((step) => canStep(state, step))).toBe(false);
      expect(stageOf(state)).toBe('idle');
    }
    expect(stageOf(null)).toBe('idle');
  });

  it('steps that wait for the network already show on the screen', () => {
    const assignment = { id: 'a1', state: 'delivered' as const };
    expect(seenState(assignment, [pending('accept'), pending('en_route')])).toBe('en_route');
  });

  it('a pending step the server already knows changes nothing', () => {
    const assignment = { id: 'a1', state: 'en_route' as const };
    expect(seenState(assignment, [pending('accept'), pending('en_route')])).toBe('en_route');
  });

  it('pending steps of another assignment do not count', () => {
    const assignment = { id: 'a1', state: 'offered' as const };
    expect(seenState(assignment, [pending('accept', 'a2')])).toBe('offered');
  });

  it('an assignment taken away by the desk wins over what the crew pressed meanwhile', () => {
    const assignment = { id: 'a1', state: 'released' as const };
    expect(seenState(assignment, [pending('on_scene')])).toBe('released');
    expect(endedByOthers('released')).toBe('released');
    expect(endedByOthers('cleared')).toBeNull();
  });

  it('of two tellings the one further on counts, in either order', () => {
    const early = { state: 'accepted' as const };
    const late = { state: 'en_route' as const };
    expect(later<{ state: AssignmentState }>(early, late)).toBe(late);
    expect(later<{ state: AssignmentState }>(late, early)).toBe(late);
    for (const state of STATES) {
      for (const step of STEPS) {
        const next = after(state, step);
        if (next !== null) expect(later({ state }, { state: next }).state).toBe(next);
      }
    }
  });

  it('a double tap is one press', () => {
    expect(tooSoon(null, 5_000)).toBe(false);
    expect(tooSoon(5_000, 5_000 + PRESS_GUARD_MS - 1)).toBe(true);
    expect(tooSoon(5_000, 5_000 + PRESS_GUARD_MS)).toBe(false);
  });
});
