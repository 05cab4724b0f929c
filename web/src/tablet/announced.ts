/**
 * Which messages of the desk this device has announced already: kept on it, so that a reload does not sound an
 * old one as new. Enters: what is unread. Leaves: what of it is to be announced now, each once.
 */

import { exercise } from '../rehearsal/base';
import type { Id } from '../wire';

/** Messages of an exercise are not the office's. */
const KEY = exercise === null ? 'sigap.tablet.announced' : 'sigap.tablet.latihan.announced';

/** More than a crew gets in the day the desk keeps messages. */
const MOST = 500;

export class Announced {
  #ids: readonly Id[] = stored();

  /** Those not announced before; they are from now on. */
  fresh<T extends { id: Id }>(unread: readonly T[]): T[] {
    const fresh = unread.filter((one) => !this.#ids.includes(one.id));
    if (fresh.length > 0) {
      this.#ids = [...this.#ids, ...fresh.map(({ id }) => id)].slice(-MOST);
      store(this.#ids);
    }
    return fresh;
  }

  /** The next crew finds nothing of this one. */
  forget(): void {
    this.#ids = [];
    store([]);
  }
}

export const announced = new Announced();

function stored(): Id[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function store(ids: readonly Id[]): void {
  try {
    if (ids.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // No storage: it is known as long as the page.
  }
}
