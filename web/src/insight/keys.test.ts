import { describe, expect, it } from 'vitest';
import { trendOf, valueText } from './keys';
import type { KeyFigure } from './wire';

const figure = (
  key: KeyFigure['key'],
  unit: KeyFigure['unit'],
  value: number | null,
  before: number | null,
): KeyFigure => ({ key, unit, value, before, behind: 'reports', of: null });

describe('the ten figures', () => {
  it('read as what they count in', () => {
    const text = (one: KeyFigure) => valueText(one, one.value, 'id');
    expect(text(figure('reports', 'count', 1234, null))).toBe('1.234');
    expect(text(figure('p50', 'seconds', 485, null))).toBe('8:05');
    expect(text(figure('within', 'share', 0.999, null))).toBe('99 %');
    expect(text(figure('within', 'share', null, null))).toBe('–');
  });

  it('more reports are neither good nor bad, slower is worse', () => {
    expect(trendOf(figure('reports', 'count', 9, 3))).toBe('more');
    expect(trendOf(figure('p90', 'seconds', 900, 700))).toBe('worse');
    expect(trendOf(figure('p90', 'seconds', 600, 700))).toBe('better');
    expect(trendOf(figure('within', 'share', 0.9, 0.8))).toBe('better');
    expect(trendOf(figure('answered', 'share', 0.5, 0.8))).toBe('worse');
    expect(trendOf(figure('within', 'share', 0.8, 0.8))).toBe('same');
    expect(trendOf(figure('within', 'share', 0.8, null))).toBe('none');
  });
});
