/** What `/v1/insight/*` answers, as far as this screen reads it. */

import type { FeatureCollection, Polygon } from 'geojson';
import type { Category } from '../wire';

/** One H3 cell. A cell that would hold fewer than `k` reports is merged into a coarser one. */
export interface CellProperties {
  cell: string;
  /** H3 resolution, smaller than asked for when merged. */
  resolution: number;
  count: number;
  /** Reports of priority 1 among them. */
  p1: number;
  categories: Partial<Record<Category, number>>;
}

export type Heatmap = FeatureCollection<Polygon, CellProperties> & {
  meta?: { k?: number; total?: number; located?: number };
};

export interface CategoryCount {
  category: Category;
  label: string;
  count: number;
}

/** Seconds; `within_clock` is a share 0 to 1. Null where nothing was measured. */
export interface ResponseRow {
  polsek: string;
  incidents: number;
  p50_s: number | null;
  p90_s: number | null;
  within_clock: number | null;
}

export interface ResponseTimes {
  items: ResponseRow[];
  total: Omit<ResponseRow, 'polsek'> | null;
}
