/** The teams as the server tells them, and which line of the queue this screen shows. */

import { api } from '../api';
import { live } from '../store/live.svelte';
import type { TeamsView, TeamView } from '../wire';
import { type Arrangement, arrangementOf, teamOf } from './teams';

/** Entries after which the figures are other ones. */
const KINDS = /^(team|report_(received|claimed|released|closed|attached|laned|joined))$/;
const PAUSE_MS = 1_500;
const KEPT = 'sigap.team';

class Teams {
  view = $state.raw<TeamsView | null>(null);
  /** The last try failed, and nothing is known. */
  failed = $state(false);
  /** Name of the team whose line is shown; empty for all. */
  shown = $state(localStorage.getItem(KEPT) ?? '');

  /** What is being arranged: it stays until it is saved or given up, whatever is closed meanwhile. */
  arranging = $state<Arrangement | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;

  get items(): readonly TeamView[] {
    return this.view?.items ?? [];
  }

  /** The team of whoever sits here. */
  get own(): TeamView | undefined {
    return live.me === null ? undefined : teamOf(this.items, live.me.id);
  }

  /** The team whose line is shown; undefined for all. */
  get line(): TeamView | undefined {
    return this.items.find(({ name }) => name === this.shown);
  }

  show(name: string): void {
    this.shown = name;
    localStorage.setItem(KEPT, name);
  }

  /** Begins to arrange, from the teams as they stand. */
  arrange(): void {
    if (this.view !== null) this.arranging = arrangementOf(this.view);
  }

  async load(): Promise<void> {
    const answer = await api.teams.list().catch(() => null);
    this.failed = answer === null && this.view === null;
    if (answer !== null) this.view = answer;
  }

  /** Keeps the figures fresh; the answer stops it. */
  listen(): () => void {
    void this.load();
    const deaf = live.onEntry((frame) => {
      if (!KINDS.test(frame.kind ?? '') || this.#timer !== undefined) return;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        void this.load();
      }, PAUSE_MS);
    });
    return () => {
      deaf();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }
}

export const teams = new Teams();
