/** What became of a unit's fixes, in the order and words of the card. Pure. */

import type { Reception } from '../wire';

export interface ReceivedRow {
  /** Key of its word: `reception.<key>`. */
  key: 'taken' | 'still' | 'late' | 'coarse' | 'jump' | 'old' | 'mocked' | 'outside' | 'no_fix';
  count: number;
  /** It was kept out. */
  bad: boolean;
}

/** What happened at least once: first what was used, then what was kept out. */
export function receivedRows(counts: Reception['counts']): ReceivedRow[] {
  const rows: ReceivedRow[] = [
    { key: 'taken', count: counts.taken, bad: false },
    { key: 'still', count: counts.still, bad: false },
    { key: 'late', count: counts.late, bad: false },
    { key: 'coarse', count: counts.coarse, bad: true },
    { key: 'jump', count: counts.jumps, bad: true },
    { key: 'old', count: counts.old, bad: true },
    { key: 'mocked', count: counts.mocked, bad: true },
    { key: 'outside', count: counts.outside, bad: true },
    { key: 'no_fix', count: counts.no_fix, bad: true },
  ];
  return rows.filter(({ count }) => count > 0);
}
