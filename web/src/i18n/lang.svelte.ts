/** The language in use, kept in localStorage; reading a word in a template follows a switch. */

import { words as id } from './indonesian';

export type Lang = 'id' | 'en';
export type Key = keyof typeof id;

/** Words of an office by key, in both languages. */
export type OwnWords = Record<Lang, Partial<Record<string, string>>>;

const STORED = 'sigap.lang';

class Language {
  #current = $state<Lang>('id');
  #english = $state.raw<Record<string, string> | null>(null);
  /** What the office calls something, instead of our words. */
  #own = $state.raw<OwnWords | null>(null);

  get current(): Lang {
    return this.#current;
  }

  /** For Intl. */
  get locale(): string {
    return this.#current === 'id' ? 'id-ID' : 'en-GB';
  }

  /** The language this browser was told, before the first word is shown. */
  async begin(): Promise<void> {
    if (localStorage.getItem(STORED) === 'en') await this.#speak('en');
  }

  async set(next: Lang): Promise<void> {
    await this.#speak(next);
    localStorage.setItem(STORED, next);
    document.documentElement.lang = this.#current;
  }

  word(key: Key): string {
    return this.#own?.[this.#current][key] ?? this.original(key);
  }

  /** The word as it comes with the program. */
  original(key: Key): string {
    return (this.#current === 'en' ? this.#english?.[key] : undefined) ?? id[key] ?? key;
  }

  /** From now on the office's own words stand before ours; null for none. */
  call(own: OwnWords | null): void {
    this.#own = own;
  }

  /** Without the network English may not come: then it stays Indonesian. */
  async #speak(next: Lang): Promise<void> {
    if (next === 'en' && this.#english === null) {
      const { words } = await import('./english').catch(() => ({ words: null }));
      if (words === null) return;
      this.#english = words;
    }
    this.#current = next;
  }
}

export const lang = new Language();

/** Words a screen brings along because no other one uses them. */
export function teach(words: Partial<typeof id>): void {
  Object.assign(id, words);
}

/** Whether there is a word for `key` (for codes that come from the server). */
export const has = (key: string): key is Key => key in id;

/** The word for `key`, with `{name}` replaced by `values.name`; Indonesian where English is missing. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return lang
    .word(key)
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
