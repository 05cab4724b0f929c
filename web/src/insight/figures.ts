/** Response times and shares as a commander reads them. Pure. */

/** Seconds as m:ss ("8:05"), h:mm:ss past an hour; a dash when nothing was measured. */
export function clock(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  const total = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
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
