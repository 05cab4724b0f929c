/**
 * Several windows of one desk. `?dinding` is the wall, `?peta` a map for a second screen. What is chosen
 * in one is shown in the other; language, appearance and sound are the same in all.
 */

import { lang } from '../i18n';
import { commandPath, exercise } from '../rehearsal/base';
import { setTheme } from '../theme';
import type { Chosen } from './room.svelte';
import { sounds } from './sounds.svelte';

export type WindowKind = 'desk' | 'dinding' | 'peta';

/** Which window an address asks for. */
export function windowKind(search: string): WindowKind {
  const asked = new URLSearchParams(search);
  if (asked.has('dinding')) return 'dinding';
  return asked.has('peta') ? 'peta' : 'desk';
}

/** Opens one, or comes back to it when it is open. */
export function openWindow(kind: Exclude<WindowKind, 'desk'>): void {
  window.open(commandPath(`?${kind}`), `sigap-${kind}-${exercise ?? ''}`);
}

interface Said {
  from: WindowKind;
  chosen: Chosen | null;
}

/** Tells the other windows what is chosen here, and hears what was chosen on a map elsewhere. */
export class Link {
  #channel: BroadcastChannel | null;
  #last = '';

  constructor(
    private readonly kind: WindowKind,
    heard: (chosen: Chosen | null) => void,
  ) {
    this.#channel =
      typeof BroadcastChannel === 'undefined'
        ? null
        : new BroadcastChannel(`sigap.chosen.${exercise ?? ''}`);
    if (this.#channel === null) return;
    this.#channel.onmessage = ({ data }: MessageEvent<Said>) => {
      if (!listens(this.kind, data.from)) return;
      this.#last = JSON.stringify(data.chosen);
      heard(data.chosen);
    };
  }

  say(chosen: Chosen | null): void {
    const text = JSON.stringify(chosen);
    // What was heard is not said again: two windows would talk for ever.
    if (text === this.#last) return;
    this.#last = text;
    this.#channel?.postMessage({ from: this.kind, chosen } satisfies Said);
  }

  close(): void {
    this.#channel?.close();
  }
}

/** A desk follows a map and a map a desk; two desks work on different things. */
export const listens = (here: WindowKind, from: WindowKind): boolean =>
  (here === 'desk' && from === 'peta') || (here === 'peta' && from === 'desk');

/** Takes over what another window changed: language, appearance, sound. The answer stops it. */
export function keepInStep(): () => void {
  const hear = ({ key, newValue }: StorageEvent) => {
    if (key === 'sigap.theme' && (newValue === 'light' || newValue === 'dark')) setTheme(newValue);
    if (key === 'sigap.lang' && (newValue === 'id' || newValue === 'en')) void lang.set(newValue);
    if (key === 'sigap.sound') sounds.set(newValue !== 'off');
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}
