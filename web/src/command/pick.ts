/** Picking several rows of a list. Pure. */

import type { Id } from '../wire';

/** The set with `id` put in, or taken out when it was in. */
export function toggled(picked: ReadonlySet<Id>, id: Id): ReadonlySet<Id> {
  const next = new Set(picked);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The set with every row between two of the list, both included; `to` alone when the other is gone. */
export function ranged(
  picked: ReadonlySet<Id>,
  order: readonly Id[],
  from: Id | null,
  to: Id,
): ReadonlySet<Id> {
  const next = new Set(picked).add(to);
  const [a, b] = [from === null ? -1 : order.indexOf(from), order.indexOf(to)];
  if (a >= 0 && b >= 0) {
    for (const id of order.slice(Math.min(a, b), Math.max(a, b) + 1)) next.add(id);
  }
  return next;
}
