import { describe, expect, it } from 'vitest';
import { bars, dayLabel, dayText, judged, percent, span, ticks, whole } from './figures';
import { periodOf, spanOf } from './period';

describe('figures for a commander', () => {
  it('durations read as minutes and seconds', () => {
    expect([0, 59.6, 485, 3_661, null].map(span)).toEqual(['0:00', '1:00', '8:05', '1:01:01', '–']);
  });

  it('a share is never rounded to a perfection it has not', () => {
    expect([1, 0.999, 0.856, 0.001, 0, null].map(percent)).toEqual([
      '100 %',
      '99 %',
      '86 %',
      '1 %',
      '0 %',
      '–',
    ]);
  });

  it('judgement goes by stated limits', () => {
    expect([0.95, 0.9, 0.8, 0.74, null].map(judged)).toEqual([
      'good',
      'good',
      'fair',
      'poor',
      'none',
    ]);
  });

  it('the longest bar is full and empty rows are left out', () => {
    const rows = bars([
      { count: 5, label: 'a' },
      { count: 0, label: 'b' },
      { count: 20, label: 'c' },
    ]);
    expect(rows.map((row) => [row.label, row.share])).toEqual([
      ['c', 1],
      ['a', 0.25],
    ]);
  });

  it('a day has its month, on an axis too', () => {
    expect([dayText('2026-11-02', 'id-ID'), dayLabel('2026-11-02')]).toEqual([
      '2 Nov 2026',
      '02/11',
    ]);
  });

  it('an axis has a few round marks', () => {
    expect([0, 1, 2, 7, 23, 940].map(ticks)).toEqual([[], [1], [1, 2], [5], [10, 20], [500]]);
  });

  it('thousands carry the Indonesian sign', () => {
    expect(whole(12_345, 'id')).toBe('12.345');
  });
});

describe('the period', () => {
  const now = Date.parse('2026-11-22T03:04:05.678Z');

  it('ends now and is as long as it says', () => {
    expect(spanOf('24h', now)).toEqual({
      from: '2026-11-21T03:04:05Z',
      to: '2026-11-22T03:04:05Z',
    });
    expect(spanOf('7d', now).from).toBe('2026-11-15T03:04:05Z');
  });

  it('an unknown word is a day', () => {
    expect([periodOf('7d'), periodOf('x'), periodOf(null)]).toEqual(['7d', '24h', '24h']);
  });
});
