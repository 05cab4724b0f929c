/** The heatmap as GeoJSON; the document describes only the other answers of `/v1/insight/*`. */

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
