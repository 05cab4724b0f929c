import { describe, expect, it } from 'vitest';
import {
  colourOf,
  divergingSteps,
  fillBy,
  MINUTE_STEPS,
  MISSING,
  quantileSteps,
  stepLabels,
} from './ramp';

describe('steps of colour', () => {
  it('a value lies in the last step it reaches, and none is grey', () => {
    expect(colourOf(MINUTE_STEPS, 4.9)).toBe(MINUTE_STEPS[0]?.colour);
    expect(colourOf(MINUTE_STEPS, 10)).toBe(MINUTE_STEPS[2]?.colour);
    expect(colourOf(MINUTE_STEPS, 400)).toBe(MINUTE_STEPS[4]?.colour);
    expect([colourOf(MINUTE_STEPS, null), colourOf([], 3)]).toEqual([MISSING, MISSING]);
  });

  it('limits of quantiles rise, whatever comes', () => {
    for (const values of [[], [1], [1, 1, 1], [0.1, 0.2, 9, 9, 9, 12], [5, 4, 3, 2, 1, 0]]) {
      const limits = quantileSteps(values).map((step) => step.from);
      expect(limits).toEqual([...new Set(limits)].sort((a, b) => a - b));
    }
  });

  it('a change is as strong to one side as to the other, and one leap does not flatten the rest', () => {
    const steps = divergingSteps([...Array.from({ length: 20 }, (_, i) => i - 10), 500]);
    expect(steps).toHaveLength(7);
    const colour = (value: number) =>
      steps.findIndex((step) => step.colour === colourOf(steps, value));
    expect([-9.9, -5, -1, 0, 1, 5, 9.9].map(colour)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(colour(500)).toBe(6);
    expect(divergingSteps([]).length).toBeGreaterThan(2);
  });

  it('the map expression knows what has no value', () => {
    expect(fillBy('x', [])).toBe(MISSING);
    expect(fillBy('x', [{ from: 0, colour: 'a' }])).toEqual([
      'case',
      ['==', ['typeof', ['get', 'x']], 'number'],
      'a',
      MISSING,
    ]);
    expect(fillBy('x', MINUTE_STEPS.slice(0, 2))).toContainEqual([
      'step',
      ['get', 'x'],
      MINUTE_STEPS[0]?.colour,
      5,
      MINUTE_STEPS[1]?.colour,
    ]);
  });

  it('a legend names every limit', () => {
    expect(stepLabels(MINUTE_STEPS.slice(0, 2), String)).toEqual(['0 – 5', '≥ 5']);
    const changes = stepLabels(divergingSteps([3]), (n) => n.toFixed(1));
    expect(changes[0]).toMatch(/^< -/);
    expect(changes[1]).toBe('-2.0 … -1.0');
  });
});
