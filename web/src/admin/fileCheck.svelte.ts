/**
 * A file of the set-up: looked at first, and only what was looked at is taken over.
 * Enters: the question to the server, with `apply` or without. Leaves: its answer.
 */

import { attempt } from '../store/toasts.svelte';

export class FileCheck<R> {
  report = $state.raw<R | null>(null);
  busy = $state(false);
  #ask: (apply: boolean) => Promise<R>;
  #turn = 0;

  constructor(ask: (apply: boolean) => Promise<R>) {
    this.#ask = ask;
  }

  /** Asks what the server finds; an answer to an older question is thrown away. */
  look = async (): Promise<void> => {
    this.#turn += 1;
    const mine = this.#turn;
    this.report = null;
    this.busy = true;
    await attempt(async () => {
      const found = await this.#ask(false);
      if (mine === this.#turn) this.report = found;
    });
    if (mine === this.#turn) this.busy = false;
  };

  /** Takes it over; true when the server did. */
  apply = async (said: string): Promise<boolean> => {
    this.busy = true;
    const done = await attempt(async () => {
      this.report = await this.#ask(true);
    }, said);
    this.busy = false;
    return done;
  };

  /** What was looked at is no longer what stands here. */
  forget = (): void => {
    this.#turn += 1;
    this.report = null;
    this.busy = false;
  };
}

/** Codes between commas or blanks. */
export const codesOf = (typed: string): string[] =>
  typed.split(/[,;\s]+/).filter((code) => code !== '');
