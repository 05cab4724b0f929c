/**
 * The heatmap's colours: counts in cells to a handful of classes with readable limits.
 *
 * Enters: the counts on the map now. Leaves: classes with lower and upper limit, a colour each,
 * and the class of a count. One hue, light to dark is not enough on a dark map, so lightness
 * rises with the count and the legend carries numbers: colour is never the only sign.
 */

import type { ExpressionSpecification } from 'maplibre-gl';

export interface HeatClass {
  /** Smallest count in the class. */
  from: number;
  /** Largest count in the class; null for the last one, which is open. */
  to: number | null;
  colour: string;
}

/** Five steps, monotone in lightness, told apart by people with any of the usual colour weaknesses. */
export const HEAT_COLOURS = ['#2f4b7c', '#5f5aa2', '#b0508f', '#f26b5b', '#ffc145'] as const;

/**
 * Classes for these counts: every whole number its own class while there are few of them, otherwise
 * limits at equal shares of the cells (quantiles), so that one very busy cell does not make all
 * others look empty. Limits never repeat; fewer distinct counts give fewer classes.
 */
export function heatClasses(
  counts: readonly number[],
  wanted: number = HEAT_COLOURS.length,
): HeatClass[] {
  const sorted = counts.filter((n) => n > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  const distinct = [...new Set(sorted)];
  const limits = distinct.length <= wanted ? distinct : quantileLimits(sorted, wanted);
  return limits.map((from, i) => {
    const next = limits[i + 1];
    return { from, to: next === undefined ? null : next - 1, colour: colourAt(i, limits.length) };
  });
}

/** The class a count falls into, or -1 for none (zero, or no classes). */
export function classOf(classes: readonly HeatClass[], count: number): number {
  let found = -1;
  for (const [i, heat] of classes.entries()) if (count >= heat.from) found = i;
  return found;
}

/** A class as a person reads it: "3", "4–7", "8+". The last class is closed when `max` is its only value. */
export function classLabel(heat: HeatClass, max: number): string {
  if (heat.to === null) return max > heat.from ? `${heat.from}–${max}` : String(heat.from);
  return heat.from === heat.to ? String(heat.from) : `${heat.from}–${heat.to}`;
}

/** MapLibre expression for the fill colour by the property `count`. */
export function fillColour(classes: readonly HeatClass[]): string | ExpressionSpecification {
  const [first, ...rest] = classes;
  if (first === undefined) return 'rgba(0,0,0,0)';
  if (rest.length === 0) return first.colour;
  const steps = rest.flatMap((heat) => [heat.from, heat.colour]);
  return ['step', ['get', 'count'], first.colour, ...steps] as ExpressionSpecification;
}

/**
 * H3 resolution for a map zoom, 6 to 9: a cell is then some 25 to 90 pixels wide.
 * Mean edge lengths: 3.72 km, 1.41 km, 0.53 km, 0.20 km (h3geo.org, cell statistics).
 */
export function resolutionFor(zoom: number): 6 | 7 | 8 | 9 {
  if (zoom < 10.2) return 6;
  if (zoom < 11.6) return 7;
  if (zoom < 13.2) return 8;
  return 9;
}

const EDGE_M: Record<number, number> = { 4: 26_072, 5: 9_854, 6: 3_725, 7: 1_406, 8: 531, 9: 201 };

/** Mean edge length of a cell in metres; a cell is about twice as wide. */
export function edgeM(resolution: number): number {
  return EDGE_M[resolution] ?? 531;
}

/** Colours spread over the whole ramp, so that two classes are its two ends; a single one is no alarm. */
function colourAt(index: number, classes: number): string {
  const last = HEAT_COLOURS.length - 1;
  const at = classes <= 1 ? Math.floor(last / 2) : Math.round((index * last) / (classes - 1));
  return HEAT_COLOURS[Math.min(last, at)] ?? HEAT_COLOURS[0];
}

function quantileLimits(sorted: readonly number[], wanted: number): number[] {
  const limits: number[] = [];
  for (let i = 0; i < wanted; i += 1) {
    const value = sorted[Math.floor((i * sorted.length) / wanted)];
    if (value !== undefined && value > (limits.at(-1) ?? 0)) limits.push(value);
  }
  // Most cells share the smallest count: without this the busy end would be one flat colour.
  const top = sorted.at(-1);
  if (top !== undefined && limits.length < wanted && top > (limits.at(-1) ?? 0)) limits.push(top);
  return limits;
}
