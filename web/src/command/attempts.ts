/** Keys that send once: the same words tried again have the same key, other words have another. Pure. */

import { uuid7 } from '../tablet/reading';

export class Attempts {
  #last: { words: string; key: string } | null = null;

  constructor(
    private readonly fresh: () => string = () =>
      uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10))),
  ) {}

  /** The key for these words, until they were sent. */
  keyFor(words: string): string {
    if (this.#last?.words !== words) this.#last = { words, key: this.fresh() };
    return this.#last.key;
  }

  /** They were sent: the same words once more are another message. */
  sent(): void {
    this.#last = null;
  }
}
