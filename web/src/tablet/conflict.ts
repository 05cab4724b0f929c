/**
 * What the server refused, told to the crew: what happened meanwhile, who did it, what is not recorded, and
 * what can still be done. Pure but for the words.
 */

import { has, type Key, t } from '../i18n';
import { wallTime } from '../store/clock';
import type { Meanwhile, Step } from '../wire';
import type { Refusal } from './outbox';
import { isStep, type Pending } from './pending';

/** Something refused, until the crew has read it. */
export interface Conflict {
  item: Pending;
  /** Later steps that went with it. */
  voided: readonly Pending[];
  why: Refusal;
}

const stepWord = (step: Step): string => t(`step.${step}` as Key);

function who({ by_name, call_sign, what }: Meanwhile): string {
  // A shared login is often called that already.
  if (by_name !== null)
    return t('conflict.by_operator', { name: by_name.replace(/^operator\s+/i, '') });
  if (call_sign !== null && what !== 'transferred')
    return t('conflict.by_crew', { unit: call_sign });
  return t('conflict.by_desk');
}

/** What happened: `Penugasan ini sudah ditarik operator Rina pukul 10.32.` */
export function happened({ item, why }: Conflict, utcOffsetH: number): string {
  const { meanwhile, status } = why;
  if (meanwhile) {
    const key = `conflict.${meanwhile.what}`;
    const said = t(has(key) ? key : 'conflict.unknown', {
      who: who(meanwhile),
      t: wallTime(Date.parse(meanwhile.at), utcOffsetH, false),
      unit: meanwhile.call_sign ?? t('conflict.another'),
      step: meanwhile.step === null ? '' : stepWord(meanwhile.step),
    });
    return meanwhile.reason
      ? `${said} ${t('conflict.reason', { reason: meanwhile.reason })}`
      : said;
  }
  if (isStep(item))
    return t(status === 404 || status === 403 ? 'conflict.gone' : 'conflict.unknown');
  if (item.kind === 'note' && status === 403) return t('conflict.note_not_sent');
  if (item.kind === 'note' && status === 404) return t('conflict.note_gone');
  return t(item.kind === 'note' ? 'conflict.note_refused' : 'conflict.reply_refused', {
    why: why.detail,
  });
}

/** Which steps are not recorded; empty when none was refused, or when it stands in the book already. */
export function notRecorded({ item, voided, why }: Conflict): string {
  const steps = [item, ...voided].filter(isStep);
  if (steps.length === 0) return '';
  const [first] = steps;
  if (
    why.meanwhile?.what === 'stepped' &&
    steps.length === 1 &&
    why.meanwhile.step === first?.step
  ) {
    return t('conflict.again');
  }
  const names = steps.map(({ step }) => `“${stepWord(step)}”`);
  return t('conflict.not_recorded', { steps: names.join(', ') });
}

/** A refused step as a note: the times the crew pressed are worth keeping. Null where there is nothing to note. */
export function asNote({ item, voided }: Conflict, utcOffsetH: number): string | null {
  const steps = [item, ...voided].filter(isStep).filter(({ step }) => step !== 'accept');
  if (steps.length === 0) return null;
  const told = steps.map(({ step, at, reason }) => {
    const what = t('conflict.step_at', {
      step: stepWord(step),
      t: wallTime(Date.parse(at), utcOffsetH, false),
    });
    return reason === undefined ? what : `${what} (${reason})`;
  });
  return t('conflict.as_note_text', { steps: told.join(', ') });
}
