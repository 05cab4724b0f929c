/** Sounds and says what is worth it: called by the screen for each entry and each tick of the clock. */

import { t } from '../i18n';
import { live } from '../store/live.svelte';
import { toasts } from '../store/toasts.svelte';
import type { EntryFrame } from '../wire';
import { type Chime, Chimes } from './chimes';
import { sounds } from './sounds.svelte';

const chimes = new Chimes();

/** What is on the desk when the screen opens rings for nobody. */
export const beginAlarms = (): void => chimes.begin(live.desk);

export function alarmOf(frame: EntryFrame): void {
  for (const chime of chimes.hear(frame)) tell(chime);
}

export function alarmAt(nowMs: number): void {
  for (const chime of chimes.expiring(live.desk, nowMs)) tell(chime);
}

/** Never by sound alone. A panic button is said by the room itself, which opens the unit. */
function tell(chime: Chime): void {
  sounds.play(chime.kind);
  if (chime.kind === 'expiring') {
    const unit = live.desk.units.get(chime.assignment.unit)?.call_sign ?? t('card.unit');
    toasts.say(t('alarm.expiring', { unit, n: chime.left_s }));
  } else if (chime.kind === 'p1') {
    const of = 'report' in chime ? chime.report : chime.incident;
    const category = 'report' in chime ? chime.report.reading.category : chime.incident.category;
    const place = of.jurisdiction?.kelurahan ?? of.place?.label ?? t('queue.no_place');
    toasts.say(t('alarm.p1', { category: t(`category.${category}`), place }), 'bad');
  }
}
