/** What stands behind a figure somebody pressed: lines, and the journal entries of one of them. */

import { api } from '../api';
import type { Act, BehindFigure, Deeds, EntryLines, Figure } from './wire';

type Query = Record<string, string | number>;

/** Which figure: of a stretch of time, or what one operator did. */
export type Asked =
  | { title: string; figure: Figure; query: Query }
  | { title: string; act: Act; operator: string; query: Query };

class Opened {
  asked = $state.raw<Asked | null>(null);
  lines = $state.raw<BehindFigure | null>(null);
  deeds = $state.raw<Deeds | null>(null);
  failed = $state(false);
  /** The report or incident whose entries are shown. */
  about = $state<string | null>(null);
  entries = $state.raw<EntryLines | null>(null);
  entriesFailed = $state(false);

  #turn = 0;
  #page = 0;

  async open(asked: Asked): Promise<void> {
    this.#turn += 1;
    const mine = this.#turn;
    this.asked = asked;
    this.lines = null;
    this.deeds = null;
    this.failed = false;
    this.about = null;
    try {
      if ('figure' in asked) {
        const lines = await api.insight<BehindFigure>('behind', {
          figure: asked.figure,
          ...asked.query,
        });
        if (mine === this.#turn) this.lines = lines;
      } else {
        const query = { operator: asked.operator, act: asked.act, ...asked.query };
        const deeds = await api.insight<Deeds>('deeds', query);
        if (mine === this.#turn) this.deeds = deeds;
      }
    } catch {
      if (mine === this.#turn) this.failed = true;
    }
  }

  again(): void {
    if (this.asked !== null) void this.open(this.asked);
  }

  /** Shows the entries of a line; pressed again, hides them. */
  async show(about: string): Promise<void> {
    this.#page += 1;
    const mine = this.#page;
    this.entries = null;
    this.entriesFailed = false;
    if (this.about === about) {
      this.about = null;
      return;
    }
    this.about = about;
    try {
      const entries = await api.insight<EntryLines>('entries', { about });
      if (mine === this.#page) this.entries = entries;
    } catch {
      if (mine === this.#page) this.entriesFailed = true;
    }
  }

  /** The whole list as a table, where it has one. */
  table(): string | null {
    if (this.asked === null || !('figure' in this.asked)) return null;
    const query = Object.entries({ figure: this.asked.figure, ...this.asked.query });
    return `/v1/insight/behind.csv?${new URLSearchParams(query.map(([name, value]) => [name, String(value)]))}`;
  }

  close(): void {
    this.#turn += 1;
    this.asked = null;
  }
}

export const opened = new Opened();
