/** Edits of response plans, as plain functions: nothing here knows a screen. */

import { CATEGORIES, type Category, isOwn, type Priority, type UnitKind } from '../wire';
import type { Plan, PlanSet } from './office';

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
export const KINDS: readonly UnitKind[] = ['car', 'motorcycle', 'traffic', 'detective'];
export const QUESTIONS = ['where', 'what', 'when', 'who', 'how'] as const;

/** The list with `item` in it or not; what is in stays in the order of `all`. */
export function toggled<T>(list: readonly T[], item: T, all: readonly T[]): T[] {
  const has = list.includes(item);
  return all.filter((it) => (it === item ? !has : list.includes(it)));
}

/** Kinds are an order of preference: a new one comes last. */
export function kindToggled(kinds: readonly UnitKind[], kind: UnitKind): UnitKind[] {
  return kinds.includes(kind) ? kinds.filter((it) => it !== kind) : [...kinds, kind];
}

/** The list with the item at `from` moved by `by` places. */
export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = from + by;
  if (to < 0 || to >= list.length) return [...list];
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}

/** The program's matter an office's own goes with: the same as the server's. */
const commonOf = (category: Category): Category =>
  isOwn(category) ? (category.startsWith('own_police_') ? 'kamtibmas' : 'layanan_lain') : category;

/** The plan that counts for a matter: the first that fits, of an office's own else that of the common one. */
export function planOf(set: PlanSet, category: Category, priority: Priority): number {
  const first = (wanted: Category) =>
    set.plans.findIndex(
      ({ priorities, categories }) =>
        priorities.includes(priority) && (categories.length === 0 || categories.includes(wanted)),
    );
  const own = first(category);
  return own >= 0 ? own : first(commonOf(category));
}

/** Plans no matter reaches, by their place in the list: earlier ones take everything. */
export function unreached(set: PlanSet): number[] {
  const seen = new Set(
    CATEGORIES.flatMap((category) => PRIORITIES.map((priority) => planOf(set, category, priority))),
  );
  return set.plans.map((_, n) => n).filter((n) => !seen.has(n));
}

/** A plan to begin with, put before the ones for everything. */
export function added(set: PlanSet): PlanSet {
  const fresh: Plan = {
    categories: ['kemacetan'],
    priorities: [3],
    units: 1,
    kinds: ['car'],
    offer_s: 45,
  };
  return { ...set, plans: [fresh, ...set.plans] };
}

/** The place in the list a refusal names, `plans[2].kinds` is 2; null when it names none. */
export function placeOf(field: string | null | undefined): number | null {
  const found = /^plans\[(\d+)\]/.exec(field ?? '');
  return found?.[1] === undefined ? null : Number(found[1]);
}
