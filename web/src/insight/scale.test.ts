import { describe, expect, it } from 'vitest';
import { classLabel, classOf, fillColour, HEAT_COLOURS, heatClasses, resolutionFor } from './scale';

describe('the heat scale', () => {
  it('few distinct counts are their own classes', () => {
    const classes = heatClasses([3, 1, 1, 2, 3]);
    expect(classes.map((heat) => classLabel(heat, 3))).toEqual(['1', '2', '3']);
    expect(classes[0]?.colour).toBe(HEAT_COLOURS[0]);
    expect(classes.at(-1)?.colour).toBe(HEAT_COLOURS.at(-1));
  });

  it('no reports give no classes and no colour', () => {
    expect(heatClasses([])).toEqual([]);
    expect(heatClasses([0, 0])).toEqual([]);
    expect(fillColour([])).toBe('rgba(0,0,0,0)');
  });

  it('one very busy cell does not make all others look empty', () => {
    const classes = heatClasses([...Array.from({ length: 50 }, (_, i) => 3 + (i % 12)), 900]);
    expect(classes.length).toBeGreaterThanOrEqual(4);
    expect(new Set([3, 6, 9, 14].map((n) => classOf(classes, n))).size).toBeGreaterThanOrEqual(3);
  });

  it('many small cells and one busy one are still two colours', () => {
    const classes = heatClasses([...Array.from({ length: 500 }, () => 3), 4, 5, 6, 7, 80]);
    expect(classOf(classes, 80)).toBeGreaterThan(classOf(classes, 3));
  });

  it('every count lies in exactly one class and the classes touch', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let round = 0; round < 300; round += 1) {
      const counts = Array.from(
        { length: 1 + Math.floor(random() * 80) },
        () => 1 + Math.floor(random() ** 3 * 200),
      );
      const classes = heatClasses(counts);
      expect(classes.length).toBeLessThanOrEqual(HEAT_COLOURS.length);
      for (const count of counts) {
        const homes = classes.filter(
          (heat) => count >= heat.from && (heat.to === null || count <= heat.to),
        );
        expect(homes).toHaveLength(1);
        expect(classes[classOf(classes, count)]).toBe(homes[0]);
      }
      for (const [i, heat] of classes.entries()) {
        const next = classes[i + 1];
        if (next !== undefined) expect(heat.to).toBe(next.from - 1);
      }
      expect(new Set(classes.map((heat) => heat.colour)).size).toBe(classes.length);
    }
  });

  it('the map expression names every limit', () => {
    expect(fillColour(heatClasses([1, 2]))).toEqual([
      'step',
      ['get', 'count'],
      HEAT_COLOURS[0],
      2,
      HEAT_COLOURS.at(-1),
    ]);
    expect(fillColour(heatClasses([4]))).toBe(HEAT_COLOURS[2]);
  });

  it('the last class says its largest count', () => {
    const classes = heatClasses([3, 4, 5, 6, 7, 8, 9, 40]);
    const last = classes.at(-1);
    expect(last && classLabel(last, 40)).toMatch(/–40$/);
  });

  it('cells get finer as the map comes nearer', () => {
    const seen = [8, 10, 10.2, 11, 11.6, 13, 13.2, 16].map(resolutionFor);
    expect(seen).toEqual([6, 6, 7, 7, 8, 8, 9, 9]);
  });
});
