/**
 * What was refused and not read yet, kept on the device: a tablet that is started again still says it, and
 * still has what the crew typed.
 */

import { exercise } from '../rehearsal/base';
import type { Conflict } from './conflict';

/** What an exercise refused is not the office's. */
const STORED = exercise === null ? 'sigap.tablet.conflicts' : 'sigap.tablet.latihan.conflicts';
/** More are no help to anybody. */
const MOST = 20;

function kept(): Conflict[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

class Conflicts {
  items = $state.raw<readonly Conflict[]>(kept());

  add(conflict: Conflict): void {
    const { key } = conflict.item;
    this.#keep([...this.items.filter(({ item }) => item.key !== key), conflict].slice(-MOST));
  }

  drop(key: string): void {
    this.#keep(this.items.filter(({ item }) => item.key !== key));
  }

  /** The next crew finds nothing of this one. */
  forget(): void {
    this.#keep([]);
  }

  #keep(items: readonly Conflict[]): void {
    this.items = items;
    try {
      if (items.length === 0) localStorage.removeItem(STORED);
      else localStorage.setItem(STORED, JSON.stringify(items));
    } catch {
      // No storage: it stays as long as the page.
    }
  }
}

export const conflicts = new Conflicts();
