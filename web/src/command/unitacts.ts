/** What can be done with a unit from the command bar, by its call sign. Pure. */

import type { Assignment, Incident, Unit, UnitStatus } from '../wire';

/** Statuses that are set by hand. */
const BY_HAND = [
  'available',
  'break',
  'busy',
  'out_of_service',
  'off_duty',
] as const satisfies readonly UnitStatus[];

export type UnitAct =
  | { do: 'offer'; incident: Incident }
  | { do: 'open_job'; incident: Incident }
  | { do: 'recall'; incident: Incident; assignment: Assignment }
  | { do: 'hand'; assignment: Assignment }
  | { do: 'emergency_off' }
  | { do: 'follow' }
  | { do: 'show' }
  | { do: 'status'; status: UnitStatus };

/** What a word in front of a call sign asks for; `kirim s-07`, `tarik s-07`. */
const VERBS: Record<string, UnitAct['do']> = {
  kirim: 'offer',
  tawarkan: 'offer',
  tugaskan: 'offer',
  send: 'offer',
  offer: 'offer',
  tarik: 'recall',
  recall: 'recall',
  alihkan: 'hand',
  oper: 'hand',
  hand: 'hand',
  ikuti: 'follow',
  follow: 'follow',
  tunjukkan: 'show',
  show: 'show',
  tandai: 'status',
  status: 'status',
};

/** The words of a search, with what a verb in front asks for. */
export function parsed(query: string): { verb: UnitAct['do'] | null; rest: string } {
  const [first = '', ...more] = query.trim().split(/\s+/);
  const verb = VERBS[first.toLowerCase()] ?? null;
  return verb === null ? { verb, rest: query.trim() } : { verb, rest: more.join(' ') };
}

/** Letters and digits only: `sabhara 07` is `Sabhara-07`. */
const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Units whose call sign begins so, the shortest first; none for nothing. */
export function calledSo(rest: string, units: Iterable<Unit>, most: number): Unit[] {
  const wanted = plain(rest);
  if (wanted === '') return [];
  return [...units]
    .filter(({ call_sign }) => plain(call_sign).startsWith(wanted))
    .sort((a, b) => a.call_sign.length - b.call_sign.length || (a.call_sign < b.call_sign ? -1 : 1))
    .slice(0, most);
}

/** What the state of a unit allows, what is likeliest first. `open` is the incident on the card. */
export function actsOf(
  unit: Unit,
  job: Assignment | null,
  jobOf: Incident | null,
  open: Incident | null,
  mayAct: boolean,
): UnitAct[] {
  const acts: UnitAct[] = [];
  if (mayAct && unit.emergency) acts.push({ do: 'emergency_off' });
  const takes = open !== null && open.state !== 'closed' && open.state !== 'held';
  if (mayAct && takes && unit.status === 'available' && !unit.emergency)
    acts.push({ do: 'offer', incident: open });
  if (job !== null && jobOf !== null) {
    acts.push({ do: 'open_job', incident: jobOf });
    if (mayAct) acts.push({ do: 'recall', incident: jobOf, assignment: job });
    const handed = job.links.handing?.state === 'asked';
    if (mayAct && !handed && (job.state === 'accepted' || job.state === 'en_route'))
      acts.push({ do: 'hand', assignment: job });
  }
  acts.push({ do: 'follow' }, { do: 'show' });
  if (mayAct && job === null) {
    for (const status of BY_HAND) if (status !== unit.status) acts.push({ do: 'status', status });
  }
  return acts;
}
