/**
 * What a crew has pressed or written and the server has not confirmed: steps, notes, answers to the desk,
 * and that a message was read. All go through one outbox, in the order they were pressed.
 */

import type { Id, Instant } from '../wire';
import type { PendingStep } from './steps';

export interface PendingNote {
  kind: 'note';
  key: string;
  incident: Id;
  /** Human number of the incident, for people. */
  number: string;
  text: string;
  at: Instant;
}

/** To the desk; `answers` is the message it answers, which counts as read then. */
export interface PendingReply {
  kind: 'reply';
  key: string;
  unit: Id;
  text: string;
  answers: Id | null;
  at: Instant;
}

export interface PendingRead {
  kind: 'read';
  key: string;
  unit: Id;
  message: Id;
  at: Instant;
}

export type Pending = PendingStep | PendingNote | PendingReply | PendingRead;

export const isStep = (item: Pending): item is PendingStep =>
  item.kind === undefined || item.kind === 'step';

/** Messages of the desk that the crew has read, although the server may not know it yet. */
export function readHere(pending: readonly Pending[]): ReadonlySet<Id> {
  const read = new Set<Id>();
  for (const item of pending) {
    if (item.kind === 'read') read.add(item.message);
    else if (item.kind === 'reply' && item.answers !== null) read.add(item.answers);
  }
  return read;
}

/** What the crew typed itself, which must not be lost. */
export function typedIn(item: Pending): string | null {
  return item.kind === 'note' || item.kind === 'reply' ? item.text : null;
}
