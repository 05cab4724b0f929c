/**
 * Colours for figures that are no counts: rates, minutes, changes. Enters: values of the cells.
 * Leaves: steps with a lower limit and a colour each, and MapLibre's expression for them. Pure.
 */

import type { ExpressionSpecification } from 'maplibre-gl';
import { HEAT_COLOURS } from './scale';

export interface Step {
  /** Values from here up to the next step; the first step has no lower limit. */
  from: number;
  colour: string;
}

/** What has no value is grey: there was nothing to measure, which is not the same as none. */
export const MISSING = '#8a93a0';

/** Near is calm, far is bright: minutes to the nearest free unit. The Polri clock's steps among them. */
export const MINUTE_STEPS: readonly Step[] = [
  { from: 0, colour: '#1a7f5a' },
  { from: 5, colour: '#7fb069' },
  { from: 10, colour: '#f2c14e' },
  { from: 15, colour: '#f0803c' },
  { from: 25, colour: '#c8324b' },
];

/** Fewer is blue, more is orange, the same is pale; told apart by people with any usual colour weakness. */
const DIVERGING = ['#1d5fa8', '#5b9bd5', '#b7d3ea', '#e6e2da', '#f6c99a', '#ea8f45', '#b9521a'];

/** Steps at equal shares of the values, so that one extreme cell does not make all others look alike. */
export function quantileSteps(values: readonly number[], wanted = HEAT_COLOURS.length): Step[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const limits: number[] = [];
  for (let i = 0; i < wanted; i += 1) {
    const value = sorted[Math.floor((i * sorted.length) / wanted)];
    if (value !== undefined && value > (limits.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      limits.push(value);
    }
  }
  const last = HEAT_COLOURS.length - 1;
  const at = (i: number) =>
    limits.length <= 1 ? Math.floor(last / 2) : Math.round((i * last) / (limits.length - 1));
  return limits.map((from, i) => ({ from, colour: HEAT_COLOURS[at(i)] ?? HEAT_COLOURS[0] }));
}

/** Seven steps around zero, as far to one side as to the other. */
export function divergingSteps(values: readonly number[], smallest = 1): Step[] {
  const sizes = values
    .filter((value) => Number.isFinite(value) && value !== 0)
    .map(Math.abs)
    .sort((a, b) => a - b);
  // Nine of ten changes lie within: one leap does not flatten the rest. Never so narrow that steps fall together.
  const most = Math.max(3 * smallest, sizes[Math.floor(sizes.length * 0.9)] ?? 0);
  const limits = [
    -most,
    (-most * 2) / 3,
    -most / 3,
    -smallest / 2,
    smallest / 2,
    most / 3,
    (most * 2) / 3,
  ];
  return limits.map((from, i) => ({
    from: i === 0 ? Number.NEGATIVE_INFINITY : from,
    colour: DIVERGING[i] ?? MISSING,
  }));
}

/** The colour of a value. */
export function colourOf(steps: readonly Step[], value: number | null | undefined): string {
  if (value === null || value === undefined) return MISSING;
  let colour = steps[0]?.colour ?? MISSING;
  for (const step of steps) if (value >= step.from) colour = step.colour;
  return colour;
}

/** The same for MapLibre, by a property of the features. */
export function fillBy(property: string, steps: readonly Step[]): string | ExpressionSpecification {
  const [first, ...rest] = steps;
  if (first === undefined) return MISSING;
  const ladder = [
    'step',
    ['get', property],
    first.colour,
    ...rest.flatMap((step) => [step.from, step.colour]),
  ];
  const known = ['==', ['typeof', ['get', property]], 'number'];
  const inner = rest.length === 0 ? first.colour : ladder;
  return ['case', known, inner, MISSING] as unknown as ExpressionSpecification;
}

/** Steps as a legend reads them: "5–10". The last one is open. */
export function stepLabels(steps: readonly Step[], say: (value: number) => string): string[] {
  // A dash between two numbers would be taken for a sign where some are below zero.
  const to = steps.some((step) => step.from < 0) ? '…' : '–';
  return steps.map((step, i) => {
    const next = steps[i + 1];
    if (!Number.isFinite(step.from)) return next === undefined ? '' : `< ${say(next.from)}`;
    return next === undefined ? `≥ ${say(step.from)}` : `${say(step.from)} ${to} ${say(next.from)}`;
  });
}
