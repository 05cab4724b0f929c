/**
 * Steps waiting for the network, settled in the order they were pressed.
 *
 * Enters: steps with a client-made key. Leaves: one send per step, oldest first, again and again
 * until the server has answered. Because the server takes a key once, sending twice is harmless;
 * because the order is kept, "on scene" can never arrive before "en route".
 * Storage and network are passed in; the tests use arrays.
 */
import type { PendingStep } from './steps';

/** What one attempt came to. */
export type Sent =
  /** The server has it (also: it had it already). */
  | { kind: 'done' }
  /** No answer, or the server could not: keep it and try later. */
  | { kind: 'later' }
  /** The session has ended: keep everything, the crew must sign in. */
  | { kind: 'signed_out' }
  /** The server answered no: this step and what was built on it are void. */
  | { kind: 'refused'; detail: string };

/** Where steps survive a reload or a dead battery. `put` returns after they are safe. */
export interface StepStore {
  all(): Promise<PendingStep[]>;
  put(item: PendingStep): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

export type Send = (item: PendingStep) => Promise<Sent>;

/** Why a drain stopped. */
export type Drained = { kind: 'empty' } | { kind: 'later' } | { kind: 'signed_out' };

/** The step a refused answer makes void, and every later one for the same assignment. */
export function voidedBy(items: readonly PendingStep[], key: string): string[] {
  const from = items.findIndex((item) => item.key === key);
  const bad = items[from];
  if (bad === undefined) return [];
  return items
    .slice(from)
    .filter((item) => item.assignment === bad.assignment)
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
  #items: PendingStep[] = [];
  #draining: Promise<Drained> | null = null;

  constructor(
    private readonly store: StepStore,
    private readonly send: Send,
    private readonly changed: (items: readonly PendingStep[]) => void = () => {},
    private readonly refused: (item: PendingStep, detail: string) => void = () => {},
  ) {}

  /** Reads what an earlier run of the page left behind. Call once, before `add`. */
  async load(): Promise<void> {
    this.#items = await this.store.all();
    this.changed(this.#items);
  }

  get items(): readonly PendingStep[] {
    return this.#items;
  }

  /** Writes the step down first, then tries to send. A key already waiting is not added again. */
  async add(item: PendingStep): Promise<Drained> {
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
      await this.#drop(gone);
      if (sent.kind === 'refused') this.refused(head, sent.detail);
    }
  }

  async #drop(keys: readonly string[]): Promise<void> {
    await this.store.remove(keys).catch(() => undefined);
    this.#items = this.#items.filter((item) => !keys.includes(item.key));
    this.changed(this.#items);
  }
}
