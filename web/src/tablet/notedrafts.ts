/** Notes that were begun: on the device, by incident, so that a reload or an offer in between loses no word. */

import { exercise } from '../rehearsal/base';

/** Notes of an exercise are not the office's. */
const PREFIX = exercise === null ? 'sigap.tablet.note.' : 'sigap.tablet.latihan.note.';

export const noteDrafts = {
  of(incident: string): string {
    try {
      return localStorage.getItem(PREFIX + incident) ?? '';
    } catch {
      return '';
    }
  },
  keep(incident: string, text: string): void {
    try {
      if (text === '') localStorage.removeItem(PREFIX + incident);
      else localStorage.setItem(PREFIX + incident, text);
    } catch {
      // No storage: the words stay as long as the page.
    }
  },
  /** The next crew finds nothing of this one. */
  forget(): void {
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    } catch {
      // No storage: nothing was kept.
    }
  },
};
