/**
 * The figures on the commander's screen and where they come from. Asked for again each minute; an
 * answer to an older question is thrown away. Old figures stay on screen, marked with their time.
 */

import { api, Refused } from '../api';
import { type PolsekInfo, readPolsek } from '../map/layers/polsek';
import type {
  CallAnswers,
  Categories,
  Category,
  CategoryCount,
  MapConfig,
  Me,
  Report,
  ResponseTimes,
} from '../wire';
import { type Period, type Span, spanOf } from './period';
import { heatClasses } from './scale';
import type { CellProperties, Heatmap } from './wire';

/** More would not be read in a side panel; the count says how many there are. */
const CELL_LIMIT = 100;

class Board {
  period = $state<Period>('24h');
  category = $state<Category | ''>('');
  resolution = $state<number>(8);

  heatmap = $state.raw<Heatmap | null>(null);
  categories = $state.raw<CategoryCount[] | null>(null);
  response = $state.raw<ResponseTimes | null>(null);
  calls = $state.raw<CallAnswers | null>(null);
  config = $state.raw<MapConfig | null>(null);
  /** Device time of the figures on screen, ms; null before the first. */
  updatedMs = $state<number | null>(null);
  trouble = $state<'none' | 'failed' | 'denied'>('none');
  loading = $state(false);

  cell = $state.raw<CellProperties | null>(null);
  reports = $state.raw<Report[] | null>(null);
  reportsFailed = $state(false);

  /** The period the figures on screen are of: the reports behind a cell are asked for with the same. */
  #span: Span = spanOf('24h', Date.now());
  #names = $state.raw<ReadonlyMap<string, PolsekInfo>>(new Map());
  #offsetMs = 0;
  #asked = 0;
  #opened = 0;

  readonly classes = $derived(
    heatClasses((this.heatmap?.features ?? []).map((one) => one.properties.count)),
  );
  readonly largest = $derived(
    (this.heatmap?.features ?? []).reduce((max, one) => Math.max(max, one.properties.count), 0),
  );
  readonly total = $derived((this.categories ?? []).reduce((sum, one) => sum + one.count, 0));

  /** A Polsek as people call it; the column already says that it is one. */
  polsekName(code: string): string {
    return (this.#names.get(code)?.name ?? code).replace(/^Polsek\s+/i, '');
  }

  /** Who is looking, and the names of the Polsek (figures come by code). */
  greet(me: Me): void {
    void api.map
      .polsek()
      .then((data) => {
        this.#names = readPolsek(data);
      })
      .catch(() => undefined);
    this.#offsetMs = Date.parse(me.server_time) - Date.now();
  }

  /** The same period as a table of calls. */
  callsTable(): string {
    return `/v1/calls.csv?${new URLSearchParams({ ...this.#span })}`;
  }

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Asks for everything of the chosen period. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const span = spanOf(this.period, this.nowMs());
    this.loading = true;
    try {
      const [heatmap, categories, response, calls] = await Promise.all([
        api.insight<Heatmap>('heatmap', {
          ...span,
          resolution: this.resolution,
          category: this.category,
          measure: 'count',
        }),
        api.insight<Categories>('categories', { ...span }),
        api.insight<ResponseTimes>('response-times', { ...span }),
        api.insight<CallAnswers>('calls', { ...span }),
      ]);
      if (mine !== this.#asked) return;
      this.#span = span;
      this.heatmap = heatmap;
      this.categories = categories.items;
      this.response = response;
      this.calls = calls;
      this.updatedMs = this.nowMs();
      this.trouble = 'none';
    } catch (error) {
      if (mine !== this.#asked) return;
      const denied = error instanceof Refused && error.problem.status === 403;
      this.trouble = denied ? 'denied' : 'failed';
    } finally {
      if (mine === this.#asked) this.loading = false;
    }
  }

  /** Opens the reports behind a cell: every figure can be traced. */
  async open(cell: CellProperties): Promise<void> {
    this.#opened += 1;
    const mine = this.#opened;
    this.cell = cell;
    this.reports = null;
    this.reportsFailed = false;
    const query = { cell: cell.cell, ...this.#span, category: this.category, limit: CELL_LIMIT };
    try {
      const page = await api.reports.list(query);
      if (mine === this.#opened) this.reports = page.items;
    } catch {
      if (mine === this.#opened) this.reportsFailed = true;
    }
  }

  close(): void {
    this.#opened += 1;
    this.cell = null;
    this.reports = null;
  }
}

export const board = new Board();
