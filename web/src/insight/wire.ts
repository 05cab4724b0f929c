/** Answers of `/v1/insight/*`; the maps are GeoJSON, which the document does not describe. */

import type { FeatureCollection, Polygon } from 'geojson';
import type { Told } from '../wire';
import type { components } from '../wire.gen';

type Schemas = components['schemas'];

/** One H3 cell. A cell that would show fewer than `k` reports is merged into a coarser one. */
export interface CellProperties {
  cell: string;
  /** H3 resolution, smaller than asked for when merged. */
  resolution: number;
  count: number;
  /** Reports of priority 1 among them. */
  p1: number;
  /** Hours a patrol was there, and reports for each of them; of the measure `rate`. */
  patrol_h?: number;
  rate?: number | null;
  /** Median response time, seconds; of the measure `response`. */
  p50_s?: number | null;
  /** Reports of the time compared with, and how many more or fewer. */
  before?: number;
  difference?: number;
}

export type Heatmap = FeatureCollection<Polygon, CellProperties> & {
  meta?: {
    k: number;
    total: number;
    hidden: number;
    before: number | null;
    hidden_before: number | null;
    least_patrol_h: number;
  };
};

/** A reach map in figures; the area counts, not the people. */
export interface Covered {
  cells: number;
  within: number;
  share: number | null;
  mean_min: number | null;
  worst_min: number | null;
  unreached: number;
}

/** Minutes to the nearest free unit; with a move also after it, and how many more or fewer. */
export interface ReachProperties {
  cell: string;
  minutes: number | null;
  minutes_after?: number | null;
  change?: number | null;
}

/** What a move changes: cells half a minute sooner or later, and past incidents in them; null for one to four. */
export interface Changed {
  better: number;
  worse: number;
  better_mean_min: number | null;
  worse_mean_min: number | null;
  past_better: number | null;
  past_worse: number | null;
}

export type ReachMap = FeatureCollection<Polygon, ReachProperties> & {
  meta: {
    within_min: number;
    before: Covered;
    after: Covered | null;
    changed: Changed | null;
    /** Units that were reckoned with. */
    free: number;
    /** Of when the incidents are that are counted in the changed cells. */
    past: { from: string; to: string };
  };
};

export type ForecastErrors = Told<Schemas['ForecastErrors']>;
export type ForecastError = Told<Schemas['ForecastError']>;

export interface ForecastProperties {
  cell: string;
  expected: number;
  /** 1 is the cell with most to expect. */
  rank: number;
  /** Incidents known in it and the six around it; null for one to four. */
  past: number | null;
}

export type Forecast = FeatureCollection<Polygon, ForecastProperties> & {
  meta: {
    from: string;
    to: string;
    known: { shifts: number; incidents: number; needed_shifts: number; needed_incidents: number };
    errors: (ForecastErrors & { from: string; to: string }) | null;
    total: number | null;
    /** Eight shifts of ten lie between these. */
    low: number | null;
    high: number | null;
    cells: number;
    /** What is known lies between these. */
    history: { from: string; to: string };
  };
};

export type Figure = Schemas['FigureCode'];
export type BehindItem = Told<Schemas['BehindItem']>;
export type BehindFigure = Told<Schemas['BehindFigure']>;
export type EntryLine = Told<Schemas['EntryLine']>;
export type EntryLines = Told<Schemas['EntryLines']>;
export type Act = 'took' | 'ended' | 'sent';
export type Deeds = Told<Schemas['Deeds']>;

export type KeyFigure = Told<Schemas['KeyFigure']>;
export type OperatorLoad = Told<Schemas['OperatorLoad']>;
export type CrewLoad = Told<Schemas['CrewLoad']>;
export type Load = Told<Schemas['Load']>;
export type Turns = Told<Schemas['Turns']>;
export type Morning = Told<Schemas['Morning']>;
export type Evaluation = Told<Schemas['Evaluation']>;
