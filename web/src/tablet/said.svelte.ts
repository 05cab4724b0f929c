/** The words of messages this tablet has, by message: fetched once, kept with the last state. */

import type { Id } from '../wire';

export interface Words {
  text: string;
  by: string | null;
}

class Said {
  words = $state.raw<ReadonlyMap<Id, Words>>(new Map());

  put(more: Iterable<readonly [Id, Words]>): void {
    this.words = new Map([...this.words, ...more]);
  }
}

export const said = new Said();
