/** The ten figures as a person reads them. Pure. */

import { percent, span, whole } from './figures';
import type { KeyFigure } from './wire';

/** A figure in words; a dash where nothing was measured. */
export function valueText(figure: KeyFigure, value: number | null, locale: string): string {
  if (value === null) return '–';
  if (figure.unit === 'seconds') return span(value);
  return figure.unit === 'share' ? percent(value) : whole(value, locale);
}

/** Fewer is better for these; more is better for the others that are judged at all. */
const LESS_IS_BETTER = new Set(['unfinished', 'p50', 'p90', 'overridden']);
const NOT_JUDGED = new Set(['reports', 'emergencies', 'reached']);

export type Trend = 'better' | 'worse' | 'same' | 'more' | 'fewer' | 'none';

/** How a figure stands to the one before. Counts of what people report are neither good nor bad. */
export function trendOf(figure: KeyFigure): Trend {
  if (figure.value === null || figure.before === null) return 'none';
  const change = figure.value - figure.before;
  if (change === 0) return 'same';
  if (NOT_JUDGED.has(figure.key)) return change > 0 ? 'more' : 'fewer';
  return change < 0 === LESS_IS_BETTER.has(figure.key) ? 'better' : 'worse';
}
