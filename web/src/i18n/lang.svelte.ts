/** The language in use, kept in localStorage; reading a word in a template follows a switch. */

import { english as en, indonesian as id } from './words';

export type Lang = 'id' | 'en';
export type Key = keyof typeof id;

const STORED = 'sigap.lang';
const WORDS: Record<Lang, Record<string, string>> = { id, en };

class Language {
  #current = $state<Lang>(localStorage.getItem(STORED) === 'en' ? 'en' : 'id');

  get current(): Lang {
    return this.#current;
  }

  /** For Intl. */
  get locale(): string {
    return this.#current === 'id' ? 'id-ID' : 'en-GB';
  }

  set(next: Lang): void {
    this.#current = next;
    localStorage.setItem(STORED, next);
    document.documentElement.lang = next;
  }
}

export const lang = new Language();

/** Whether there is a word for `key` (for codes that come from the server). */
export const has = (key: string): key is Key => key in id;

/** The word for `key`, with `{name}` replaced by `values.name`; Indonesian where English is missing. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const word = WORDS[lang.current][key] ?? id[key];
  return word.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
