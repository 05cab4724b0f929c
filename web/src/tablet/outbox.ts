/**
 * Steps, notes and answers waiting for the network, settled in the order they were pressed.
 *
 * Enters: things to send with a client-made key. Leaves: one send for each, oldest first, again and again
 * until the server has answered. Because the server takes a key once, sending twice is harmless;
 * because the order is kept, "on scene" can never arrive before "en route".
 * Storage and network are passed in; the tests use arrays.
 */
import type { Meanwhile } from '../wire';
import { isStep, type Pending } from './pending';

/** Why the server said no. */
export interface Refusal {
  detail: string;
  status?: number;
  code?: string;
  /** What happened before it came. */
  meanwhile?: Meanwhile | null;
}

/** What one attempt came to. */
export type Sent =
  /** The server has it (also: it had it already). */
  | { kind: 'done' }
  /** No answer, or the server could not: keep it and try later. */
  | { kind: 'later' }
  /** The session has ended: keep everything, the crew must sign in. */
  | { kind: 'signed_out' }
  /** The server answered no: this and what was built on it is void. */
  | ({ kind: 'refused' } & Refusal);

/** Where they survive a reload or a dead battery. `put` returns after they are safe. */
export interface Shelf {
  all(): Promise<Pending[]>;
  put(item: Pending): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

export type Send = (item: Pending) => Promise<Sent>;

/** Hears of what was refused, and of the later steps that are void with it. */
export type Refused = (item: Pending, why: Refusal, voided: readonly Pending[]) => void;

/** Why a drain stopped. */
export type Drained = { kind: 'empty' } | { kind: 'later' } | { kind: 'signed_out' };

/** What a refused answer makes void: the thing itself, and for a step every later one of its assignment. */
export function voidedBy(items: readonly Pending[], key: string): string[] {
  const from = items.findIndex((item) => item.key === key);
  const bad = items[from];
  if (bad === undefined) return [];
  if (!isStep(bad)) return [key];
  return items
    .slice(from)
    .filter((item) => isStep(item) && item.assignment === bad.assignment)
    .map((item) => item.key);
}

/** Seconds to wait before attempt number `attempt` (0-based): 1, 2, 4 … at most 15. */
export function backoffS(attempt: number): number {
  return Math.min(15, 2 ** Math.max(0, attempt));
}

/** Reads an HTTP status as an outcome. `null` means no answer came. */
export function outcomeOf(status: number | null, detail = ''): Sent {
  if (status === null || status >= 500 || status === 408 || status === 425 || status === 429) {
    return { kind: 'later' };
  }
  if (status === 401) return { kind: 'signed_out' };
  if (status >= 400) return { kind: 'refused', detail };
  return { kind: 'done' };
}

/** The outbox: at most one drain at a time, whoever asks. */
export class Outbox {
  #items: Pending[] = [];
  #draining: Promise<Drained> | null = null;

  constructor(
    private readonly store: Shelf,
    private readonly send: Send,
    private readonly changed: (items: readonly Pending[]) => void = () => {},
    private readonly refused: Refused = () => {},
  ) {}

  /** Reads what an earlier run of the page left behind. Call once, before `add`. */
  async load(): Promise<void> {
    this.#items = await this.store.all();
    this.changed(this.#items);
  }

  get items(): readonly Pending[] {
    return this.#items;
  }

  /** Writes it down first, then tries to send. A key already waiting is not added again. */
  async add(item: Pending): Promise<Drained> {
    if (!this.#items.some((other) => other.key === item.key)) {
      this.#items = [...this.#items, item];
      this.changed(this.#items);
      // A full or forbidden database must not keep a crew from answering: it stays in memory.
      await this.store.put(item).catch(() => undefined);
    }
    return this.drain();
  }

  /** Sends until empty or until the network gives out. Calls made meanwhile share one drain. */
  drain(): Promise<Drained> {
    this.#draining ??= this.#run().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #run(): Promise<Drained> {
    for (;;) {
      const head = this.#items[0];
      if (head === undefined) return { kind: 'empty' };
      const sent = await this.send(head);
      if (sent.kind === 'later' || sent.kind === 'signed_out') return { kind: sent.kind };
      const gone = sent.kind === 'done' ? [head.key] : voidedBy(this.#items, head.key);
      const voided = this.#items.filter((item) => item !== head && gone.includes(item.key));
      // Heard of first: what a crew typed must not be gone from one place before it is in the other.
      if (sent.kind === 'refused') this.refused(head, sent, voided);
      await this.#drop(gone);
    }
  }

  async #drop(keys: readonly string[]): Promise<void> {
    await this.store.remove(keys).catch(() => undefined);
    this.#items = this.#items.filter((item) => !keys.includes(item.key));
    this.changed(this.#items);
  }
}
