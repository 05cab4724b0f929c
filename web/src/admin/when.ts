/** Days as people of the office count them. */

import { lang } from '../i18n';
import { wallTime } from '../store/clock';

/** `21 Nov 2026 14.05` at `offset` hours east of Greenwich. */
export function stamp(at: string, offset: number): string {
  const ms = Date.parse(at);
  const day = new Date(ms + offset * 3_600_000).toLocaleDateString(lang.locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day} ${wallTime(ms, offset, false)}`;
}
