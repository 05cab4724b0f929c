/** The offices of this installation, by code: asked for once. */

import { api } from '../api';
import type { Office } from '../wire';

class Offices {
  items = $state.raw<readonly Office[]>([]);

  #asked: Promise<void> | null = null;

  /** Asks for them; a failure is tried again by the next who asks. */
  load(): Promise<void> {
    this.#asked ??= api.places.offices().then(
      ({ items }) => {
        this.items = items;
      },
      () => {
        this.#asked = null;
      },
    );
    return this.#asked;
  }

  /** The name people know it by; the code while it is unknown. */
  nameOf(code: string): string {
    return this.items.find((one) => one.code === code)?.name ?? code;
  }
}

export const offices = new Offices();
