/** Ends that can be taken back: said with the way back, for as long as nobody outside has heard of them. */

import { api } from '../api';
import { t } from '../i18n';
import { live } from '../store/live.svelte';
import { attempt, toasts } from '../store/toasts.svelte';
import type { Id } from '../wire';
import { room } from './room.svelte';

/** The way back closes a little before the news leaves, milliseconds. */
const LATE_MS = 300;

/** Says that something ended, and how it is taken back; an office that tells at once is offered nothing. */
function say(text: string, undo: () => Promise<unknown>): void {
  const forMs = (live.me?.undo_s ?? 0) * 1000 - LATE_MS;
  if (forMs > 0) toasts.done(text, undo, forMs);
  else toasts.say(text, 'good');
}

/** A report was settled or handed over. */
export function saySettled(id: Id, number: string, handed = false): void {
  say(t(handed ? 'undo.handed' : 'undo.settled', { number }), () =>
    attempt(
      async () => {
        await api.reports.reopen(id, { take: true });
        room.show({ kind: 'report', id });
      },
      t('undo.done', { number }),
    ),
  );
}

/** An incident was closed. */
export function sayClosed(id: Id, number: string): void {
  say(t('undo.closed', { number }), () =>
    attempt(
      async () => {
        await api.incidents.reopen(id);
        room.show({ kind: 'incident', id });
      },
      t('undo.done_incident', { number }),
    ),
  );
}
