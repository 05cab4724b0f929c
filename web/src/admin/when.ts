/** Days as people of the office count them. Pure. */

/** `2026-11-21` at `offset` hours east of Greenwich. */
export function localDay(at: string, offset: number): string {
  return new Date(Date.parse(at) + offset * 3_600_000).toISOString().slice(0, 10);
}
