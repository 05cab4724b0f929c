/**
 * The figures on the commander's screen and where they come from. Asked for again each minute; an
 * answer to an older question is thrown away. Old figures stay on screen, marked with their time.
 */

import { api, Refused } from '../api';
import { type PolsekInfo, readPolsek } from '../map/layers/polsek';
import type { CallAnswers, Categories, Category, CategoryCount, Me, ResponseTimes } from '../wire';
import { compareFrom, type Filter, WHOLE, whenQuery } from './filter';
import { type Period, type Span, spanOf } from './period';
import { divergingSteps, quantileSteps } from './ramp';
import { heatClasses } from './scale';
import type { CellProperties, Heatmap, Load, Turns } from './wire';

class Board {
  period = $state<Period>('24h');
  category = $state<Category | ''>('');
  /** A city as a whole; the map says otherwise once it is looked at nearer. */
  resolution = $state<number>(7);

  heatmap = $state.raw<Heatmap | null>(null);
  categories = $state.raw<CategoryCount[] | null>(null);
  response = $state.raw<ResponseTimes | null>(null);
  calls = $state.raw<CallAnswers | null>(null);
  load = $state.raw<Load | null>(null);
  turns = $state.raw<Turns | null>(null);
  /** Hours, weekdays, what the map shows. */
  filter = $state.raw<Filter>(WHOLE);
  /** Device time of the figures on screen, ms; null before the first. */
  updatedMs = $state<number | null>(null);
  trouble = $state<'none' | 'failed' | 'denied'>('none');
  loading = $state(false);

  /** Code of the chosen cell. */
  chosen = $state<string | null>(null);

  /** The period the figures on screen are of: the reports behind a cell are asked for with the same. */
  #span: Span = spanOf('24h', Date.now());
  #names = $state.raw<ReadonlyMap<string, PolsekInfo>>(new Map());
  #offsetMs = 0;
  /** Hours the office lies east of Greenwich. */
  offsetH = $state(7);
  #asked = 0;

  readonly classes = $derived(
    heatClasses((this.heatmap?.features ?? []).map((one) => one.properties.count)),
  );
  readonly largest = $derived(
    (this.heatmap?.features ?? []).reduce((max, one) => Math.max(max, one.properties.count), 0),
  );
  /** Steps of colour for what is no count. */
  readonly steps = $derived.by(() => {
    const cells = (this.heatmap?.features ?? []).map((one) => one.properties);
    const known = (value: number | null | undefined): number[] =>
      value === null || value === undefined ? [] : [value];
    if (this.filter.compare) return divergingSteps(cells.flatMap((one) => known(one.difference)));
    if (this.filter.measure === 'rate')
      return quantileSteps(cells.flatMap((one) => known(one.rate)));
    return quantileSteps(cells.flatMap((one) => known(one.p50_s)));
  });
  /** The chosen cell as it is in the figures on screen; gone when it is no longer drawn. */
  readonly cell = $derived<CellProperties | null>(
    this.heatmap?.features.find((one) => one.properties.cell === this.chosen)?.properties ?? null,
  );
  /** Reports of the period, of the chosen category where one is chosen. */
  readonly total = $derived(
    (this.categories ?? [])
      .filter((one) => this.category === '' || one.category === this.category)
      .reduce((sum, one) => sum + one.count, 0),
  );
  readonly all = $derived((this.categories ?? []).reduce((sum, one) => sum + one.count, 0));

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
    this.offsetH = me.office.utc_offset_h;
    this.#offsetMs = Date.parse(me.server_time) - Date.now();
  }

  /** The period, hours, weekdays and category of the figures on screen, as a query. */
  query(): Record<string, string> {
    return {
      ...this.#span,
      ...whenQuery(this.filter),
      ...(this.category === '' ? {} : { category: this.category }),
    };
  }

  /** The same figures as a table. */
  table(name: string, more: Record<string, string> = {}): string {
    return `/v1/insight/${name}.csv?${new URLSearchParams({ ...this.query(), ...more })}`;
  }

  /** The map's own question. */
  mapQuery(): Record<string, string> {
    const { measure, compare } = this.filter;
    // Of patrols nothing finer is known than cells of some 200 m (resolution 9).
    return {
      ...this.query(),
      resolution: String(this.resolution),
      measure,
      ...(compare ? { compare_from: compareFrom(this.#span) } : {}),
    };
  }

  /** The period, hours and weekdays of the calls on screen: they have no category. */
  callQuery(): Record<string, string> {
    return { ...this.#span, ...whenQuery(this.filter) };
  }

  /** The calls on screen as a table. */
  callsTable(): string {
    return `/v1/calls.csv?${new URLSearchParams(this.callQuery())}`;
  }

  /** What the lists behind the map's cells are asked for with; `before`: those of the time compared with. */
  cellQuery(cell: string, before = false): Record<string, string> {
    return {
      ...this.query(),
      cell,
      resolution: String(this.resolution),
      ...(this.filter.compare ? { compare_from: compareFrom(this.#span) } : {}),
      ...(before ? { side: 'before' } : {}),
    };
  }

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Asks for everything of the chosen period. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const span = spanOf(this.period, this.nowMs());
    this.#span = span;
    const query = this.query();
    const { category: _, ...all } = query;
    this.loading = true;
    try {
      const [heatmap, categories, response, calls, load, turns] = await Promise.all([
        api.insight<Heatmap>('heatmap', this.mapQuery()),
        api.insight<Categories>('categories', all),
        api.insight<ResponseTimes>('response-times', query),
        api.insight<CallAnswers>('calls', this.callQuery()),
        api.insight<Load>('load', query),
        api.insight<Turns>('fairness', query),
      ]);
      if (mine !== this.#asked) return;
      this.heatmap = heatmap;
      this.categories = categories.items;
      this.response = response;
      this.calls = calls;
      this.load = load;
      this.turns = turns;
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

  choose(cell: string | null): void {
    this.chosen = cell;
  }
}

export const board = new Board();
