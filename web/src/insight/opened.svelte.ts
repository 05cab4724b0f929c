/** What stands behind a figure somebody pressed: lists of lines, and the journal entries of one line. */

import { api, Refused } from '../api';
import type { Asked } from './doors';
import type { BehindFigure, Deeds, EntryLines } from './wire';

/**
 * Why a list does not open. `few`: so few in so small an area that nobody is shown them; `closed`: this login may not
 * see it; `failed`: it can be tried again.
 */
export type Trouble = 'none' | 'few' | 'closed' | 'failed';

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Refused) || error.problem.status !== 403) return 'failed';
  return error.problem.code === 'too_few' ? 'few' : 'closed';
}

class Opened {
  asked = $state.raw<Asked | null>(null);
  /** The lists, as they come; null before. */
  parts = $state.raw<readonly (BehindFigure | null)[]>([]);
  deeds = $state.raw<Deeds | null>(null);
  trouble = $state<Trouble>('none');
  /** Which list is shown. */
  shown = $state(0);
  /** The report or incident whose entries are shown. */
  about = $state<string | null>(null);
  entries = $state.raw<EntryLines | null>(null);
  entriesTrouble = $state<Trouble>('none');

  readonly lines = $derived(this.parts[this.shown] ?? null);

  #turn = 0;
  #page = 0;

  async open(asked: Asked): Promise<void> {
    this.#turn += 1;
    const mine = this.#turn;
    this.asked = asked;
    this.parts = [];
    this.deeds = null;
    this.trouble = 'none';
    this.about = null;
    this.shown = 'parts' in asked ? asked.shown : 0;
    try {
      if ('parts' in asked) {
        const parts = await Promise.all(
          asked.parts.map(({ figure, query }) =>
            api.insight<BehindFigure>('behind', { figure, ...query }),
          ),
        );
        if (mine !== this.#turn) return;
        this.parts = parts;
        // An empty list tells nothing while another one has lines.
        if (parts[this.shown]?.total === 0) {
          const filled = parts.findIndex((part) => part.total > 0);
          if (filled >= 0) this.shown = filled;
        }
      } else {
        const query = { operator: asked.operator, act: asked.act, ...asked.query };
        const deeds = await api.insight<Deeds>('deeds', query);
        if (mine === this.#turn) this.deeds = deeds;
      }
    } catch (error) {
      if (mine !== this.#turn) return;
      this.trouble = troubleOf(error);
    }
  }

  again(): void {
    if (this.asked !== null) void this.open(this.asked);
  }

  choose(part: number): void {
    this.shown = part;
    this.about = null;
  }

  /** Shows the entries of a line; pressed again, hides them. */
  async show(about: string): Promise<void> {
    this.#page += 1;
    const mine = this.#page;
    this.entries = null;
    this.entriesTrouble = 'none';
    if (this.about === about) {
      this.about = null;
      return;
    }
    this.about = about;
    try {
      const entries = await api.insight<EntryLines>('entries', { about });
      if (mine === this.#page) this.entries = entries;
    } catch (error) {
      if (mine === this.#page) this.entriesTrouble = troubleOf(error);
    }
  }

  /** The whole list as a table, where it has one. */
  table(): string | null {
    if (this.asked === null || !('parts' in this.asked)) return null;
    const part = this.asked.parts[this.shown];
    if (part === undefined) return null;
    const query = Object.entries({ figure: part.figure, ...part.query });
    return `/v1/insight/behind.csv?${new URLSearchParams(query.map(([name, value]) => [name, String(value)]))}`;
  }

  close(): void {
    this.#turn += 1;
    this.asked = null;
  }
}

export const opened = new Opened();
