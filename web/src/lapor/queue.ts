/**
 * Reports and messages waiting for the network, sent in the order they were made.
 *
 * Enters: items with a key of this telephone. Leaves: their files first, each once, then the item
 * itself, again and again until the server has answered. The server takes a key once, so sending
 * twice is harmless. What is refused stays, with the reason, for its author to correct or discard.
 * Storage and network are passed in; the tests use arrays.
 */

/** A photo or video of an item. */
export interface Attached {
  name: string;
  type: string;
  blob: Blob;
  /** Where its upload goes on, once it has begun. */
  url?: string | undefined;
  /** Its id, once it has come whole. */
  media?: string | undefined;
  /** The server does not take it, and why. */
  refused?: string | undefined;
}

/** A report, or a further message of one. */
export interface Item {
  key: string;
  /** The report it belongs to; none: it is a new one. */
  report: string | null;
  text: string;
  category: string | null;
  lng: number | null;
  lat: number | null;
  accuracy_m: number | null;
  sent_at: string;
  files: Attached[];
  /** Why the server refused it. */
  refused?: string | undefined;
}

/** What one attempt came to. */
export type Outcome<T> =
  | { kind: 'done'; value: T }
  /** No answer, or the server could not: keep it and try later. */
  | { kind: 'later'; after_s?: number }
  /** Nobody is logged in: keep everything. */
  | { kind: 'signed_out' }
  /** The server said no. */
  | { kind: 'refused'; why: string };

/** Where items survive a reload or a dead battery. */
export interface Shelf {
  all(): Promise<Item[]>;
  put(item: Item): Promise<void>;
  remove(key: string): Promise<void>;
}

/** The way to the server. */
export interface Wire<Answer> {
  /** Sends a file, or goes on with it; `note` is called with what must survive a reload. */
  upload(file: Attached, note: (url: string) => Promise<void>): Promise<Outcome<string>>;
  send(item: Item): Promise<Outcome<Answer>>;
}

/** Why a drain stopped. */
export type Drained = 'empty' | 'later' | 'signed_out';

/** Reads an HTTP status; `null` means no answer came. */
export function outcomeOf(
  status: number | null,
  why: string,
): Exclude<Outcome<never>, { kind: 'done' }> {
  if (status === 401) return { kind: 'signed_out' };
  const passing = status === null || status >= 500 || [408, 423, 425, 429].includes(status);
  return passing ? { kind: 'later' } : { kind: 'refused', why };
}

/** Seconds to wait before attempt number `attempt` (0-based): 2, 4, 8 … at most 60. */
export function backoffS(attempt: number): number {
  return Math.min(60, 2 ** (Math.max(0, attempt) + 1));
}

/** The queue: at most one drain at a time, whoever asks. */
export class Queue<Answer> {
  #items: Item[] = [];
  #draining: Promise<Drained> | null = null;

  constructor(
    private readonly shelf: Shelf,
    private readonly wire: Wire<Answer>,
    private readonly changed: (items: readonly Item[]) => void = () => {},
    private readonly sent: (item: Item, answer: Answer) => void = () => {},
  ) {}

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Reads what an earlier visit left behind. Call once, before `add`. */
  async load(): Promise<void> {
    this.#items = await this.shelf.all().catch(() => []);
    this.#tell();
  }

  /** Writes the item down first, then tries to send. A key already waiting is not added again. */
  async add(item: Item): Promise<Drained> {
    if (!this.#items.some((other) => other.key === item.key)) {
      this.#items = [...this.#items, item];
      this.#tell();
      await this.#keep(item);
    }
    return this.drain();
  }

  /** Takes a refused or waiting item back: to correct it, or for good. */
  async discard(key: string): Promise<Item | undefined> {
    const item = this.#items.find((other) => other.key === key);
    this.#items = this.#items.filter((other) => other.key !== key);
    this.#tell();
    await this.shelf.remove(key).catch(() => undefined);
    return item;
  }

  /** Sends until nothing is left that can be sent. Calls made meanwhile share one drain. */
  drain(): Promise<Drained> {
    this.#draining ??= this.#run().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #run(): Promise<Drained> {
    for (;;) {
      const head = this.#items.find((item) => item.refused === undefined);
      if (head === undefined) return 'empty';
      const stopped = (await this.#files(head)) ?? (await this.#item(head));
      if (stopped !== null) return stopped;
    }
  }

  /** Sends the files of an item that are not there yet; none: go on with the item. */
  async #files(item: Item): Promise<Drained | null> {
    for (const file of item.files) {
      if (file.media !== undefined || file.refused !== undefined) continue;
      const outcome = await this.wire.upload(file, (url) => {
        file.url = url;
        return this.#keep(item);
      });
      if (outcome.kind === 'later' || outcome.kind === 'signed_out') return outcome.kind;
      if (outcome.kind === 'done') file.media = outcome.value;
      else file.refused = outcome.why;
      await this.#keep(item);
      this.#tell();
    }
    return null;
  }

  async #item(item: Item): Promise<Drained | null> {
    // A photo alone that was refused leaves nothing to send.
    const empty =
      item.text.trim() === '' && item.lng === null && !item.files.some((file) => file.media);
    const lost = item.files.find((file) => file.refused !== undefined);
    const outcome: Outcome<Answer> =
      empty && lost ? { kind: 'refused', why: lost.refused ?? '' } : await this.wire.send(item);
    if (outcome.kind === 'later' || outcome.kind === 'signed_out') return outcome.kind;
    if (outcome.kind === 'refused') {
      item.refused = outcome.why;
      await this.#keep(item);
      this.#tell();
      return null;
    }
    await this.discard(item.key);
    this.sent(item, outcome.value);
    return null;
  }

  /** A full or forbidden database must not keep anybody from reporting: it stays in memory. */
  async #keep(item: Item): Promise<void> {
    await this.shelf.put(item).catch(() => undefined);
  }

  #tell(): void {
    this.changed([...this.#items]);
  }
}
