/** Response times and shares as a commander reads them. Pure. */

import { clockText } from '../store/clock';

/** Seconds as "8:05", "1:02:05"; a dash when nothing was measured. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  return clockText(Math.round(seconds));
}

/** A share of 0..1 in whole per cent; never rounded up to a perfect 100 nor down to 0. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  const rounded = Math.round(share * 100);
  if (rounded >= 100 && share < 1) return '99 %';
  if (rounded <= 0 && share > 0) return '1 %';
  return `${rounded} %`;
}

/** Whole numbers with the language's thousands sign. */
export function whole(n: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(n);
}

/** How a share within the clock is judged. The limits are ours, not Polri's: they only pick a sign. */
export function judged(share: number | null | undefined): 'good' | 'fair' | 'poor' | 'none' {
  if (share === null || share === undefined || !Number.isFinite(share)) return 'none';
  if (share >= 0.9) return 'good';
  return share >= 0.75 ? 'fair' : 'poor';
}

/** Bars for a list: each row's share of the largest, 0..1, so the longest bar is always full. */
export function bars<T extends { count: number }>(rows: readonly T[]): (T & { share: number })[] {
  const top = rows.reduce((max, row) => Math.max(max, row.count), 0);
  return [...rows]
    .filter((row) => row.count > 0)
    .sort((a, b) => b.count - a.count)
    .map((row) => ({ ...row, share: top === 0 ? 0 : row.count / top }));
}

/** A day of the office, `2026-11-21`: "21 Nov 2026"; short, for an axis: "21/11". */
export function dayText(day: string, locale: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  return date.toLocaleDateString(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
export const dayLabel = (day: string): string => `${day.slice(8)}/${day.slice(5, 7)}`;

/** Round marks of an axis up to `most`, three or so and never closer than one. */
export function ticks(most: number): number[] {
  const wanted = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= wanted) ?? wanted;
  return Array.from({ length: Math.floor(most / step) }, (_, i) => (i + 1) * step);
}
