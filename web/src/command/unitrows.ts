/** Rows of the command bar that do something with a unit. */

import { api } from '../api';
import { t } from '../i18n';
import { live } from '../store/live.svelte';
import { liveAssignmentOf } from '../store/select';
import { attempt } from '../store/toasts.svelte';
import type { Unit } from '../wire';
import { mayAct, room } from './room.svelte';
import { tools } from './tools.svelte';
import { actsOf, calledSo, parsed, type UnitAct } from './unitacts';

export interface UnitRow {
  id: string;
  title: string;
  detail: string;
  keys?: string;
  run: () => void;
}

/** Units whose acts are listed, and acts. */
const MOST_UNITS = 8;
const MOST_ROWS = 8;

/** Whether an act stands in front of the call sign. */
export const isOrder = (query: string): boolean => parsed(query).verb !== null;

export function unitRows(query: string): UnitRow[] {
  const { verb, rest } = parsed(query);
  const units = calledSo(rest, live.desk.units.values(), verb === null ? 1 : MOST_UNITS);
  const able = units.flatMap((unit) => {
    const job = liveAssignmentOf(live.desk, unit);
    const jobOf = job === null ? null : (live.desk.incidents.get(job.incident) ?? null);
    const open =
      room.chosen?.kind === 'incident' ? (live.desk.incidents.get(room.chosen.id) ?? null) : null;
    return actsOf(unit, job, jobOf, open, mayAct())
      .filter((act) => act.do !== 'offer' || room.card.send !== undefined)
      .map((act) => ({ unit, act }));
  });
  const wanted = able.filter(({ act }) => verb === null || act.do === verb);
  // What was ordered cannot be done now: what can be is shown instead.
  return (wanted.length > 0 ? wanted : able).slice(0, MOST_ROWS).map(({ unit, act }, n) => ({
    id: `unit-act-${unit.id}-${act.do}-${n}`,
    title: title(unit, act),
    detail: `${t(`unit_status.${unit.status}`)} · ${t(`unit_kind.${unit.kind}`)}`,
    run: () => run(unit, act),
  }));
}

function title({ call_sign: unit }: Unit, act: UnitAct): string {
  switch (act.do) {
    case 'offer':
    case 'open_job':
    case 'recall':
      return t(`unitact.${act.do}`, { unit, number: act.incident.number });
    case 'status':
      return t('unitact.status', { unit, status: t(`unit_status.${act.status}`) });
    default:
      return t(`unitact.${act.do}`, { unit });
  }
}

function run(unit: Unit, act: UnitAct): void {
  switch (act.do) {
    case 'offer':
      room.card.send?.(unit.id, unit.call_sign);
      break;
    case 'open_job':
      room.tab = 'incidents';
      room.show({ kind: 'incident', id: act.incident.id });
      break;
    case 'recall':
    case 'hand':
      tools.unit = { do: act.do, assignment: act.assignment, callSign: unit.call_sign };
      break;
    case 'emergency_off':
      void attempt(() => api.units.emergency(unit.id, false));
      break;
    case 'follow':
      tools.follow(unit.id);
      break;
    case 'show':
      room.tab = 'units';
      room.show({ kind: 'unit', id: unit.id });
      break;
    case 'status': {
      const status = t(`unit_status.${act.status}`);
      void attempt(
        () => api.units.status(unit.id, act.status),
        t('unitact.done', { unit: unit.call_sign, status }),
      );
    }
  }
}
