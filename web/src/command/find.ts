/** Finding what somebody types a piece of: how well words fit, and the best of many. Pure. */

const fold = (text: string): string =>
  text.toLocaleLowerCase('id').normalize('NFD').replace(/\p{M}/gu, '');

const wordsOf = (text: string): string[] => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** Letters a piece inside a word must have to count. */
const INSIDE = 3;

/**
 * How well `query` fits: null when one of its words is nowhere. Whole words before beginnings before
 * pieces, the title before what else is said of it.
 */
export function score(query: string, title: string, more = ''): number | null {
  const sought = wordsOf(fold(query));
  if (sought.length === 0) return 0;
  const head = wordsOf(fold(title));
  const rest = wordsOf(fold(more));
  let sum = 0;
  for (const word of sought) {
    const fit = fitOf(word, head, rest);
    if (fit === 0) return null;
    sum += fit;
  }
  const starts = head.join(' ').startsWith(sought.join(' ')) ? 2 : 0;
  return sum / sought.length + starts;
}

function fitOf(word: string, head: readonly string[], rest: readonly string[]): number {
  if (head.includes(word)) return 6;
  if (head.some((one) => one.startsWith(word))) return 5;
  if (rest.includes(word)) return 4;
  if (rest.some((one) => one.startsWith(word))) return 3;
  if (word.length < INSIDE) return 0;
  if (head.some((one) => one.includes(word))) return 2;
  return rest.some((one) => one.includes(word)) ? 1 : 0;
}

/** The best `most` of `items`; `words` gives the title of one and what else is said of it. */
export function best<T>(
  query: string,
  items: Iterable<T>,
  words: (item: T) => readonly [title: string, more: string],
  most: number,
): T[] {
  const fits: { item: T; fit: number }[] = [];
  for (const item of items) {
    const [title, more] = words(item);
    const fit = score(query, title, more);
    if (fit !== null) fits.push({ item, fit });
  }
  // A stable sort: what fits equally well stays in the order it came.
  return fits
    .sort((a, b) => b.fit - a.fit)
    .slice(0, most)
    .map(({ item }) => item);
}

/** `text` in parts, those that fit a word of `query` marked. */
export function marked(query: string, text: string): { text: string; hit: boolean }[] {
  const sought = wordsOf(fold(query)).filter((word) => word.length > 1);
  return (text.match(/[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+/gu) ?? []).map((part) => ({
    text: part,
    hit: sought.some((word) => fold(part).startsWith(word)),
  }));
}

/** Whether somebody typed what may be a telephone number rather than words. */
export const isPhone = (query: string): boolean =>
  /^\+?[\d\s().-]+$/.test(query) && query.replace(/\D/g, '').length >= 8;
