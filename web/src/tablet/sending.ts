/** One thing of the outbox on its way to the server, and what came of it. */

import { api, Refused } from '../api';
import { refusalText } from '../store/toasts.svelte';
import type { Assignment } from '../wire';
import { outcomeOf, type Sent } from './outbox';
import type { Pending } from './pending';

/** An answer that has not come by then is sent again; the key makes that harmless. */
const SEND_TIMEOUT_MS = 12_000;

export function withTimeout<T>(work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('no answer')), SEND_TIMEOUT_MS),
    ),
  ]);
}

/** Sends it; the assignment as the server has it now goes to `confirmed`. */
export async function send(item: Pending, confirmed: (now: Assignment) => void): Promise<Sent> {
  try {
    const answer = await withTimeout(through(item));
    if (answer !== null) confirmed(answer);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof Refused)) return { kind: 'later' };
    const { status, code, meanwhile } = error.problem;
    const outcome = outcomeOf(status === 0 ? null : status, refusalText(error));
    return outcome.kind === 'refused'
      ? { ...outcome, status, code, meanwhile: meanwhile ?? null }
      : outcome;
  }
}

async function through(item: Pending): Promise<Assignment | null> {
  switch (item.kind) {
    case 'note':
      await api.incidents.note(item.incident, { text: item.text, key: item.key, at: item.at });
      return null;
    case 'reply':
      await api.units.message(item.unit, {
        text: item.text,
        key: item.key,
        at: item.at,
        urgent: false,
        answers: item.answers,
      });
      return null;
    case 'read':
      await api.units.readMessage(item.unit, item.message, item.at);
      return null;
    default: {
      const { kind: _, incident: __, assignment, ...step } = item;
      return await api.assignments.step(assignment, step);
    }
  }
}
