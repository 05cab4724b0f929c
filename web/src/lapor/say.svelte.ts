/** The language in use, kept where the other screens keep theirs. */
import { No } from './api';
import { faultWord } from './faults';
import { english, indonesian, type Word } from './words';

const STORED = 'sigap.lang';

class Language {
  #current = $state<'id' | 'en'>(localStorage.getItem(STORED) === 'en' ? 'en' : 'id');

  get current(): 'id' | 'en' {
    return this.#current;
  }

  /** For Intl. */
  get locale(): string {
    return this.#current === 'id' ? 'id-ID' : 'en-GB';
  }

  toggle(): void {
    this.#current = this.#current === 'id' ? 'en' : 'id';
    localStorage.setItem(STORED, this.#current);
    document.documentElement.lang = this.#current;
  }
}

export const language = new Language();

/** The word, with `{name}` replaced by `values.name`; Indonesian where English is missing. */
export function say(word: Word, values: Record<string, string | number> = {}): string {
  const words: Record<string, string> = language.current === 'en' ? english : indonesian;
  const text = words[word] ?? indonesian[word];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A code of the server as a word, if there is one. */
export function sayCode(family: string, code: string, values: Record<string, string> = {}): string {
  const word = `${family}.${code}`;
  return word in indonesian ? say(word as Word, values) : code;
}

/** What went wrong, for the person who pressed. */
export function sayFault(error: unknown): string {
  if (!(error instanceof No)) return say('fault.unknown');
  if (error.status === 429)
    return say('enter.wait', { n: Math.max(1, Math.ceil(error.waitS / 60)) });
  return say(faultWord(error));
}

/** `14.05` today, `20 Nov 14.05` before. */
export function clock(at: string): string {
  const date = new Date(at);
  const today = new Date().toDateString() === date.toDateString();
  const day: Intl.DateTimeFormatOptions = today ? {} : { day: 'numeric', month: 'short' };
  return date.toLocaleString(language.locale, { ...day, hour: '2-digit', minute: '2-digit' });
}
