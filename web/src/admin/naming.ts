/** Steps of the editor of categories; pure. */

import {
  type Category,
  type CategorySet,
  type CategoryStyle,
  isOwn,
  OWN_CATEGORIES,
} from '../wire';

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

/** What a category of the office's own is: a matter for the police, or a question about a service. */
export type OwnKind = 'police' | 'info';

/** The next free place of a kind; none when all are taken. */
export function freePlace(set: CategorySet, kind: OwnKind): Category | null {
  const taken = new Set<Category>(set.items.map((style) => style.code));
  return OWN_CATEGORIES.find((code) => code.startsWith(`own_${kind}_`) && !taken.has(code)) ?? null;
}

/** With a category of the office's own at the end, waiting for its name. */
export function withOwn(set: CategorySet, kind: OwnKind): CategorySet {
  const code = freePlace(set, kind);
  if (code === null) return set;
  const fresh = { code, name_id: '', name_en: null, on_form: false, retired: false, words: [] };
  return { items: [...set.items, fresh] };
}

/** Without one that was added and not saved. */
export const without = (set: CategorySet, code: Category): CategorySet => ({
  items: set.items.filter((style) => style.code !== code),
});

/** The category of the office's own that still waits for its name. */
export const nameless = (set: CategorySet): CategoryStyle | null =>
  set.items.find(({ code, name_id }) => isOwn(code) && (name_id ?? '').trim() === '') ?? null;

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

/** One of them a place up or down. */
export function movedBy(set: CategorySet, code: Category, by: -1 | 1): CategorySet {
  const items = [...set.items];
  const at = items.findIndex((style) => style.code === code);
  const [one, other] = [items[at], items[at + by]];
  if (one === undefined || other === undefined) return set;
  [items[at], items[at + by]] = [other, one];
  return { items };
}

/** Which category a refusal names: `sim.words` is `sim`. */
export const codeIn = (field: string | null | undefined): string | null =>
  /^([a-z0-9_]+)(\.|$)/.exec(field ?? '')?.[1] ?? null;
