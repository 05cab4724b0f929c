/** Short notices at the edge of the screen: what was refused, what came back. */

import { Refused } from '../api';
import { has, type Key, t } from '../i18n';

export type Tone = 'bad' | 'good' | 'info';

export interface Toast {
  id: number;
  tone: Tone;
  text: string;
  /** Takes it back. */
  undo?: () => Promise<unknown>;
  /** Opens what it speaks of. */
  see?: () => void;
}

const SHOWN_MS = 7_000;
/** What somebody is to open himself stands until he has had time to. */
const TO_SEE_MS = 60_000;

class Toasts {
  items = $state<Toast[]>([]);
  /** Where notices can be shown, the topmost last: the page, then the dialogs over it. */
  #places = $state.raw<readonly symbol[]>([]);
  #next = 1;

  /** Where they are shown now. */
  get place(): symbol | undefined {
    return this.#places.at(-1);
  }

  /** They can be shown here; the answer ends it. */
  shownAt(place: symbol): () => void {
    this.#places = [...this.#places, place];
    return () => {
      this.#places = this.#places.filter((other) => other !== place);
    };
  }

  say(text: string, tone: Tone = 'info'): void {
    this.#show({ id: this.#next++, tone, text }, SHOWN_MS);
  }

  /** Says what matters, and offers to open it. */
  point(text: string, see: () => void): void {
    this.#show({ id: this.#next++, tone: 'bad', text, see }, TO_SEE_MS);
  }

  /** Says that something is done, and offers for `forMs` milliseconds to take it back. */
  done(text: string, undo: () => Promise<unknown>, forMs = SHOWN_MS): void {
    this.#show({ id: this.#next++, tone: 'good', text, undo }, forMs);
  }

  /** Takes back the latest of what can be. True when there was something. */
  undo(): boolean {
    const latest = this.items.findLast((toast) => toast.undo !== undefined);
    if (latest === undefined) return false;
    this.drop(latest.id);
    void latest.undo?.();
    return true;
  }

  #show(toast: Toast, ms: number): void {
    // The same words twice are said once, and longer.
    const others = this.items.filter((shown) => shown.text !== toast.text);
    this.items = [...others.slice(-3), toast];
    setTimeout(() => this.drop(toast.id), ms);
  }

  drop(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  /** Says a refusal in plain words; what is not a refusal is a fault of ours. */
  refusal(error: unknown): void {
    this.say(refusalText(error), 'bad');
  }
}

/** The sentence for a refusal: by its code when we have words for it, else the server's own. */
export function refusalText(error: unknown): string {
  if (!(error instanceof Refused)) return t('refusal.unknown');
  const { code, detail, title, status } = error.problem;
  const key = `refusal.${code}`;
  if (has(key)) return t(key as Key);
  if (detail !== '') return detail.charAt(0).toUpperCase() + detail.slice(1);
  if (status === 403) return t('refusal.forbidden');
  if (status === 404) return t('refusal.not_found');
  if (status === 409) return t('refusal.conflict');
  if (status >= 500) return t('refusal.unavailable');
  return title || t('refusal.unknown');
}

export const toasts = new Toasts();

/** Runs an action of a button; a refusal becomes a toast. True when it went through. */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await action();
    if (done !== undefined) toasts.say(done, 'good');
    return true;
  } catch (error) {
    toasts.refusal(error);
    return false;
  }
}
