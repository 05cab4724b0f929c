/** Guesses that save typing in the first run; whoever types decides. Pure. */

/** Characters of a password; the server's rule. */
export const LEAST_PASSWORD = 12;

const KINDS = /^(polres(tabes|ta|tro)?|polda|polsek)\s+/i;

const own = (name: string) => name.trim().replace(KINDS, '').toLowerCase();

/** `Polrestabes Medan Kota` is `medan-kota`. */
export function codeOf(name: string): string {
  return own(name)
    .normalize('NFD')
    .replace(/[^a-z0-9\s-]/g, '')
    .trim()
    .replace(/[\s-]+/g, '-')
    .slice(0, 20)
    .replace(/-$/, '');
}

/** First letter and consonants: `Medan` is `MDN`, `Binjai` is `BNJ`. */
export function prefixOf(name: string): string {
  const letters = codeOf(name).replace(/[^a-z]/g, '');
  const short = letters.slice(0, 1) + letters.slice(1).replace(/[aeiou]/g, '');
  return (short.length >= 3 ? short : letters).slice(0, 3).toUpperCase();
}
