/** The rows that are picked for one common act: of one list at a time. */

import type { Id } from '../wire';
import { ranged, toggled } from './pick';

export type PickKind = 'report' | 'incident';

class Picked {
  /** Boxes are shown. */
  on = $state(false);
  kind = $state<PickKind>('report');
  ids = $state.raw<ReadonlySet<Id>>(new Set());

  #from: Id | null = null;

  /** Shows the boxes of a list, or ends it. */
  mode(kind: PickKind): void {
    if (this.on && this.kind === kind) this.clear();
    else {
      this.clear();
      this.on = true;
      this.kind = kind;
    }
  }

  has(kind: PickKind, id: Id): boolean {
    return this.kind === kind && this.ids.has(id);
  }

  toggle(kind: PickKind, id: Id): void {
    this.#turnTo(kind);
    this.ids = toggled(this.ids, id);
    this.#from = id;
  }

  /** From the row that was picked last to this one. */
  to(kind: PickKind, order: readonly Id[], id: Id): void {
    this.#turnTo(kind);
    this.ids = ranged(this.ids, order, this.#from, id);
    this.#from = id;
  }

  all(kind: PickKind, ids: readonly Id[]): void {
    this.#turnTo(kind);
    this.ids = new Set(ids);
  }

  /** Leaves out what was done. */
  drop(ids: readonly Id[]): void {
    const next = new Set(this.ids);
    for (const id of ids) next.delete(id);
    this.ids = next;
  }

  clear(): void {
    this.on = false;
    this.ids = new Set();
    this.#from = null;
  }

  #turnTo(kind: PickKind): void {
    if (this.kind !== kind) this.ids = new Set();
    this.kind = kind;
    this.on = true;
  }
}

export const picked = new Picked();
