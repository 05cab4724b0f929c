/** The steps of the set-up: their order, which are done, which is next. Pure. */

import type { SetupSteps } from './office';

export const STEPS = ['office', 'areas', 'streets', 'units', 'users', 'line'] as const;
export type Step = (typeof STEPS)[number];

/** Whether a step needs nobody any more. Somebody must work the queue: an administrator does not. */
export function isDone(step: Step, from: SetupSteps): boolean {
  switch (step) {
    case 'office':
      return true;
    case 'areas':
      return from.areas > 0;
    case 'streets':
      return from.roads !== null && from.places > 0;
    case 'units':
      return from.units > 0;
    case 'users':
      return (from.users.operator ?? 0) + (from.users.supervisor ?? 0) > 0;
    case 'line':
      return from.line;
  }
}

/** The first step that is open; none when all are done. */
export function nextOf(from: SetupSteps): Step | null {
  return STEPS.find((step) => !isDone(step, from)) ?? null;
}
