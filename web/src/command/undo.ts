/** Ends that can be taken back: said with the way back, for as long as nobody outside has heard of them. */

import { api } from '../api';
import { t } from '../i18n';
import { attempt, toasts } from '../store/toasts.svelte';
import type { Id } from '../wire';
import { room } from './room.svelte';

/** A report was settled or handed over. */
export function saySettled(id: Id, number: string, handed = false): void {
  toasts.done(t(handed ? 'undo.handed' : 'undo.settled', { number }), () =>
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
  toasts.done(t('undo.closed', { number }), () =>
    attempt(
      async () => {
        await api.incidents.reopen(id);
        room.show({ kind: 'incident', id });
      },
      t('undo.done_incident', { number }),
    ),
  );
}
