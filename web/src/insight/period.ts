/** The period a commander looks at. Enters: a choice and the time. Leaves: `from` and `to`, RFC 3339. */
export const PERIODS = ['24h', '7d', '30d'] as const;
export type Period = (typeof PERIODS)[number];

const HOURS: Record<Period, number> = { '24h': 24, '7d': 7 * 24, '30d': 30 * 24 };

export interface Span {
  from: string;
  to: string;
}

/** The last 24 hours, 7 or 30 days up to `nowMs`. Whole seconds, so that a shared link reads well. */
export function spanOf(period: Period, nowMs: number): Span {
  const to = Math.floor(nowMs / 1000) * 1000;
  return { from: iso(to - HOURS[period] * 3_600_000), to: iso(to) };
}

/** The same stretch, so many milliseconds earlier. */
export function earlierBy(span: Span, ms: number): { from: string; to: string } {
  return { from: iso(Date.parse(span.from) - ms), to: iso(Date.parse(span.to) - ms) };
}

/** The stretch of the same length just before. */
export function justBefore(span: Span): { from: string; to: string } {
  return earlierBy(span, Date.parse(span.to) - Date.parse(span.from));
}

/** An unknown word in the address bar is the default, not an error. */
export function periodOf(word: string | null): Period {
  return PERIODS.find((period) => period === word) ?? '24h';
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
