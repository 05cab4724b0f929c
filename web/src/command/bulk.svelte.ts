/** What is being done to the picked rows, and what came of each. */

import { referrals } from '../agencies';
import { api } from '../api';
import { t } from '../i18n';
import { live } from '../store/live.svelte';
import { refusalText } from '../store/toasts.svelte';
import type { Disposition, Id, Outcome } from '../wire';
import {
  type BulkAct,
  type Deed,
  each,
  type IncidentAct,
  incidentWhyNot,
  type ReportAct,
  reportWhyNot,
  type WhyNot,
} from './bulk';
import { type PickKind, picked } from './picked.svelte';

/** What an act needs to know beside the rows. */
export interface Details {
  /** How it ends, to which agency, to which Polres, into which row. */
  code?: string;
  note?: string;
}

type Undo = (() => Promise<unknown>) | null;

class Bulk {
  /** Its details are being asked for. */
  asking = $state<BulkAct | null>(null);
  /** What came of the last act; null when it was put away. */
  deeds = $state.raw<readonly Deed[] | null>(null);
  act = $state<BulkAct>('close');
  running = $state(false);

  /** The picked rows an act can be tried on. */
  able(act: BulkAct): Id[] {
    return [...picked.ids].filter((id) => this.#whyNot(act, picked.kind, id) === null);
  }

  /** Does it to every picked row it is for. A second press while it runs does nothing. */
  async run(act: BulkAct, details: Details = {}): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.asking = null;
    this.act = act;
    const kind = picked.kind;
    const deeds: Deed[] = [...picked.ids].map((id) => {
      const why = id === details.code ? 'target' : this.#whyNot(act, kind, id);
      const state = why === null ? 'waiting' : 'skipped';
      return {
        id,
        number: numberOf(kind, id),
        state,
        why: why === null ? '' : whyText(why, id),
        undo: null,
      };
    });
    const told = () => {
      this.deeds = deeds.map((deed) => ({ ...deed }));
    };
    told();
    const waiting = deeds.filter(({ state }) => state === 'waiting');
    await each(
      waiting,
      async (deed) => {
        try {
          deed.undo = await doOne(act, kind, deed.id, details);
          deed.state = 'done';
        } catch (error) {
          deed.state = 'refused';
          deed.why = refusalText(error);
        }
      },
      told,
    );
    picked.drop(deeds.filter(({ state }) => state === 'done').map(({ id }) => id));
    if (picked.ids.size === 0) picked.clear();
    this.running = false;
  }

  /** Takes back what can be taken back, of these rows or of all. */
  async undo(ids: readonly Id[]): Promise<void> {
    if (this.running || this.deeds === null) return;
    this.running = true;
    const deeds = this.deeds.map((deed) => ({ ...deed }));
    const back = deeds.filter(
      ({ id, state, undo }) => ids.includes(id) && state === 'done' && undo !== null,
    );
    await each(
      back,
      async (deed) => {
        try {
          await deed.undo?.();
          deed.state = 'undone';
        } catch (error) {
          deed.why = refusalText(error);
        }
        deed.undo = null;
      },
      () => {
        this.deeds = deeds.map((deed) => ({ ...deed }));
      },
    );
    this.running = false;
  }

  #whyNot(act: BulkAct, kind: PickKind, id: Id): WhyNot | null {
    const me = live.me;
    if (me === null) return 'gone';
    if (kind === 'incident') {
      const incident = live.desk.incidents.get(id);
      return incident === undefined ? 'gone' : incidentWhyNot(act as IncidentAct, incident);
    }
    const report = live.desk.reports.get(id);
    const actor = { id: me.id, supervises: me.role === 'supervisor' };
    return report === undefined ? 'gone' : reportWhyNot(act as ReportAct, report, actor);
  }
}

const numberOf = (kind: PickKind, id: Id): string =>
  (kind === 'report' ? live.desk.reports.get(id)?.number : live.desk.incidents.get(id)?.number) ??
  '…';

function whyText(why: WhyNot, id: Id): string {
  const state = live.desk.reports.get(id)?.state;
  const name = state?.name === 'claimed' ? live.nameOf(state.by) : null;
  if (why === 'held')
    return name === null ? t('bulk.why_held_other') : t('bulk.why_held', { name });
  return t(`bulk.why_${why}`);
}

/** Does it to one row; gives what takes it back, where the journal allows it. */
async function doOne(
  act: BulkAct,
  kind: PickKind,
  id: Id,
  { code = '', note = '' }: Details,
): Promise<Undo> {
  switch (act) {
    case 'aside':
      await api.reports.lane(id, 'set_aside');
      return () => api.reports.lane(id, 'main');
    case 'back':
      await api.reports.lane(id, 'main');
      return () => api.reports.lane(id, 'set_aside');
    case 'release': {
      const { state } = live.desk.reports.get(id) ?? {};
      const mine = state?.name === 'claimed' && state.by === live.me?.id;
      await api.reports.release(id);
      return mine ? () => api.reports.claim(id) : null;
    }
    case 'join':
      await api.reports.join(id, { report_id: code });
      return () => api.reports.part(id);
    case 'hand_over':
      await api.reports.handOver(id, code);
      return () => api.reports.reopen(id, { reason: t('undo.bulk_reason') });
    case 'close':
      await api.reports.resolve(id, code as Outcome, note);
      return () => api.reports.reopen(id, { reason: t('undo.bulk_reason') });
    case 'refer': {
      const { referral } = await referrals.send({ kind, id }, code, note, true, false);
      return () => referrals.close(referral.id, 'withdrawn');
    }
    case 'hold':
      await api.incidents.hold(id);
      return () => api.incidents.resume(id);
    case 'resume':
      await api.incidents.resume(id);
      return () => api.incidents.hold(id);
    case 'merge':
      await api.incidents.merge(id, code);
      return () => api.incidents.unmerge(id);
    case 'close_incident':
      await api.incidents.close(id, code as Disposition, note);
      return () => api.incidents.reopen(id);
  }
}

export const bulk = new Bulk();
