/** The language in use, kept in localStorage; reading a word in a template follows a switch. */

import { words as id } from './indonesian';

export type Lang = 'id' | 'en';
export type Key = keyof typeof id;

const STORED = 'sigap.lang';

class Language {
  #current = $state<Lang>('id');
  #english = $state.raw<Record<string, string> | null>(null);

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
    return (this.#current === 'en' ? this.#english?.[key] : undefined) ?? id[key];
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

/** Words of one screen alone, before its first word is shown. */
export function know(more: Record<string, string>): void {
  Object.assign(id, more);
}

/** Whether there is a word for `key` (for codes that come from the server). */
export const has = (key: string): key is Key => key in id;

/** The word for `key`, with `{name}` replaced by `values.name`; Indonesian where English is missing. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return lang
    .word(key)
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
