/**
 * What was typed and not sent yet, by what it is for: kept while the page lives, and nowhere else. Several
 * windows of one desk share it, so that what is typed or sent in one is so in the others.
 */

import { exercise } from '../rehearsal/base';
import { uuid7 } from '../tablet/reading';

interface Draft {
  text: string;
  /** Under which key these words are sent; made when they are sent first. */
  key?: string;
}

type Said = { all: [string, Draft][] } | { ask: true };

const kept = new Map<string, Draft>();
const ears = new Map<string, Set<(text: string) => void>>();
let channel: BroadcastChannel | null = null;

function put(name: string, draft: Draft): void {
  if (draft.text === '') kept.delete(name);
  else kept.set(name, draft);
}

const tell = (name: string, draft: Draft) =>
  channel?.postMessage({ all: [[name, draft]] } satisfies Said);

export const drafts = {
  of: (name: string | undefined): string =>
    name === undefined ? '' : (kept.get(name)?.text ?? ''),

  keep(name: string | undefined, text: string): void {
    if (name === undefined || drafts.of(name) === text) return;
    put(name, { text });
    tell(name, { text });
  },

  /** The key these words are sent under: the same however often they are tried, and in every window. */
  keyOf(name: string | undefined, text: string): string {
    const found = name === undefined ? undefined : kept.get(name);
    if (found?.key !== undefined && found.text === text) return found.key;
    const key = freshKey();
    if (name === undefined) return key;
    kept.set(name, { text, key });
    tell(name, { text, key });
    return key;
  },

  /** Hears what another window typed or sent for this; the answer stops it. */
  hear(name: string | undefined, ear: (text: string) => void): () => void {
    if (name === undefined) return () => {};
    const all = ears.get(name) ?? new Set();
    ears.set(name, all.add(ear));
    return () => all.delete(ear);
  },

  /** Shares drafts with the other windows of this browser; the answer stops it. */
  share(): () => void {
    if (typeof BroadcastChannel === 'undefined') return () => {};
    const open = new BroadcastChannel(`sigap.drafts.${exercise ?? ''}`);
    channel = open;
    open.onmessage = ({ data }: MessageEvent<Said>) => {
      if ('ask' in data) {
        if (kept.size > 0) open.postMessage({ all: [...kept] } satisfies Said);
        return;
      }
      for (const [name, draft] of data.all) {
        put(name, draft);
        for (const ear of ears.get(name) ?? []) ear(draft.text);
      }
    };
    open.postMessage({ ask: true } satisfies Said);
    return () => {
      open.close();
      if (channel === open) channel = null;
    };
  },
};

/** A key nothing else has. */
export const freshKey = (): string => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
