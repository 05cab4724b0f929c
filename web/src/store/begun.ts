/**
 * Words that were begun, kept on the device by what they are for: a reload, another page or an offer in between
 * loses none. Everything of one kind has one prefix, and is forgotten together.
 */

export interface Begun {
  of(what: string): string;
  /** Nothing typed is nothing kept. */
  keep(what: string, text: string): void;
  /** The next person at this device finds nothing. */
  forget(): void;
}

export function begun(prefix: string): Begun {
  return {
    of: (what) => tried(() => localStorage.getItem(prefix + what)) ?? '',
    keep: (what, text) =>
      void tried(() =>
        text === ''
          ? localStorage.removeItem(prefix + what)
          : localStorage.setItem(prefix + what, text),
      ),
    forget: () =>
      void tried(() => {
        for (const key of Object.keys(localStorage))
          if (key.startsWith(prefix)) localStorage.removeItem(key);
      }),
  };
}

/** Without storage (forbidden, full) the words stay as long as the page. */
function tried<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
