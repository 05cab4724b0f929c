/** Steps of the editor of categories; pure. */

import type { Category, CategorySet, CategoryStyle } from '../wire';

/** Always offered: what the machine says of what it does not understand, and misuse. */
const NEEDED: readonly Category[] = ['belum_jelas', 'layanan_lain', 'prank'];
/** Nobody means these when he reports. */
const NONE_OF_OURS: readonly Category[] = [
  'curhat',
  'kenalan',
  'spam',
  'salam',
  'salah_kirim',
  'opini',
  'prank',
];

export const mayRetire = (code: Category): boolean => !NEEDED.includes(code);
export const mayStandOnForm = (style: CategoryStyle): boolean =>
  !style.retired && !NONE_OF_OURS.includes(style.code);

/** A name as it is typed: nothing typed is the program's name. */
export const nameOf = (typed: string): string | null => (typed === '' ? null : typed);

/** Words between commas or on lines of their own. */
export const wordsOf = (typed: string): string[] =>
  typed
    .split(/[,;\n]/)
    .map((word) => word.trim().replace(/\s+/g, ' '))
    .filter((word) => word !== '');

/** Categories of the office's own stand in slots: without a name a slot is free, and shown nowhere. */
export type OwnKind = 'police' | 'info';

export function ownKind(code: string): OwnKind | null {
  const kind = /^own_(police|info)_\d+$/.exec(code)?.[1];
  return kind === 'police' || kind === 'info' ? kind : null;
}

const numberOf = (code: string): number => Number(/\d+$/.exec(code)?.[0] ?? 0);

export const isFree = (style: CategoryStyle): boolean =>
  ownKind(style.code) !== null && style.name_id === null;

/** The next free slot of a kind; none when all have a name. */
export function freeSlot(set: CategorySet, kind: OwnKind): Category | null {
  const free = set.items.filter((style) => isFree(style) && ownKind(style.code) === kind);
  return free.sort((a, b) => numberOf(a.code) - numberOf(b.code))[0]?.code ?? null;
}

/** With the next free slot waiting for its name. */
export function withOwn(set: CategorySet, kind: OwnKind): CategorySet {
  const code = freeSlot(set, kind);
  return code === null ? set : styled(set, code, { name_id: '', retired: false });
}

/** The category of the office's own that still waits for its name. */
export const nameless = (set: CategorySet): CategoryStyle | null =>
  set.items.find((style) => ownKind(style.code) !== null && style.name_id?.trim() === '') ?? null;

/** With one of them changed; what is retired leaves the citizens' form. */
export function styled(
  set: CategorySet,
  code: Category,
  change: Partial<CategoryStyle>,
): CategorySet {
  const items = set.items.map((style) => {
    if (style.code !== code) return style;
    const next = { ...style, ...change };
    return mayStandOnForm(next) ? next : { ...next, on_form: false };
  });
  return { items };
}

/** One of them a place up or down among those that are shown. */
export function movedBy(set: CategorySet, code: Category, by: -1 | 1): CategorySet {
  const items = [...set.items];
  const at = items.findIndex((style) => style.code === code);
  let to = at + by;
  while (items[to] !== undefined && isFree(items[to] as CategoryStyle)) to += by;
  const [one, other] = [items[at], items[to]];
  if (one === undefined || other === undefined) return set;
  [items[at], items[to]] = [other, one];
  return { items };
}

/** Which category a refusal names: `sim.words` is `sim`. */
export const codeIn = (field: string | null | undefined): string | null =>
  /^([a-z0-9_]+)(\.|$)/.exec(field ?? '')?.[1] ?? null;
