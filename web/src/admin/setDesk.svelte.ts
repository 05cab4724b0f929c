/**
 * What the office edits as a whole (plans, categories): read, edited, tried, saved, put back.
 * Enters: how the server is asked. Leaves: what SetEditor.svelte shows. What was typed outlives a refusal.
 */

import { Refused } from '../api';
import { type Key, t } from '../i18n';
import { refusalText, toasts } from '../store/toasts.svelte';
import { overtaken } from './keeping';

export interface Counted<S> {
  set: S;
  version: number;
}

/** One version: who, when; without a set it is what comes with the program. */
export interface Version {
  version: number;
  changed_by: string;
  changed_at: string;
  set: unknown;
  restored: number | null;
}

export interface Doors<S, Trial> {
  get: () => Promise<Counted<S>>;
  save: (set: S, version: number) => Promise<Counted<S>>;
  preview: (set: S) => Promise<Trial>;
  restore: (to: number, version: number) => Promise<Counted<S>>;
  history: () => Promise<{ items: Version[] }>;
}

interface Kind<S> {
  /** What a refused field is called on the screen; null when it names none. */
  nameOf: (field: string | null, set: S) => string | null;
  /** What must be filled in before it is tried or saved. */
  missing?: (set: S) => { field: string; text: string } | null;
  /** After the server took a change. */
  changed?: () => Promise<unknown>;
}

export class SetDesk<S, Trial> {
  /** What counts now. */
  view = $state.raw<Counted<S> | null>(null);
  /** What it would be. */
  set = $state.raw<S | null>(null);
  past = $state.raw<Version[]>([]);
  trial = $state.raw<Trial | null>(null);
  problem = $state.raw<{ field: string | null; text: string } | null>(null);
  failed = $state(false);
  busy = $state(false);
  readonly dirty = $derived(
    this.view !== null && JSON.stringify(this.set) !== JSON.stringify(this.view.set),
  );

  #doors: Doors<S, Trial>;
  #kind: Kind<S>;

  constructor(doors: Doors<S, Trial>, kind: Kind<S>) {
    this.#doors = doors;
    this.#kind = kind;
    void this.load();
  }

  load = async (): Promise<void> => {
    this.failed = false;
    try {
      this.#take(await this.#doors.get());
      await this.#readPast();
    } catch (error) {
      this.failed = true;
      toasts.refusal(error);
    }
  };

  edit = (next: S): void => {
    this.set = next;
    this.trial = null;
    this.problem = null;
  };

  discard = (): void => {
    if (this.view !== null) this.edit(this.view.set);
  };

  look = (): Promise<void> =>
    this.#act(async (set) => {
      if (this.#whole(set)) this.trial = await this.#doors.preview(set);
    });

  save = (): Promise<void> =>
    this.#act(async (set, version) => {
      if (this.#whole(set)) await this.#taken(await this.#doors.save(set, version), 'plans.saved');
    });

  restore = (to: number): Promise<void> =>
    this.#act(async (_, version) => {
      if (this.dirty && !confirm(t('plans.lose'))) return;
      await this.#taken(await this.#doors.restore(to, version), 'plans.restored');
    });

  /** Whether nothing is missing; what is, is said. */
  #whole(set: S): boolean {
    this.problem = this.#kind.missing?.(set) ?? null;
    return this.problem === null;
  }

  #take(from: Counted<S>): void {
    this.view = from;
    this.edit(from.set);
  }

  async #taken(next: Counted<S>, said: Key): Promise<void> {
    this.#take(next);
    toasts.say(t(said), 'good');
    await this.#kind.changed?.();
    await this.#readPast();
  }

  async #readPast(): Promise<void> {
    this.past = (await this.#doors.history()).items;
  }

  async #act(what: (set: S, version: number) => Promise<void>): Promise<void> {
    if (this.set === null || this.view === null) return;
    this.busy = true;
    this.problem = null;
    try {
      await what(this.set, this.view.version);
    } catch (error) {
      await this.#refused(error, this.set);
    } finally {
      this.busy = false;
    }
  }

  async #refused(error: unknown, set: S): Promise<void> {
    if (overtaken(error)) return this.#overtaken();
    const field = error instanceof Refused ? (error.problem.field ?? null) : null;
    const name = this.#kind.nameOf(field, set);
    const text = refusalText(error);
    this.problem = { field, text: name === null ? text : `${name}: ${text}` };
  }

  /** Somebody else saved: his version is what counts now, what was typed here stays. */
  async #overtaken(): Promise<void> {
    try {
      this.view = await this.#doors.get();
      await this.#readPast();
      this.problem = { field: null, text: t('admin.stale') };
    } catch (error) {
      this.problem = { field: null, text: refusalText(error) };
    }
  }
}
