/** How long an offer may still be answered. Times in ms since 1970; no clock is read here. */

export interface Countdown {
  /** Whole seconds left, never below zero; the last second reads 1, not 0. */
  seconds: number;
  /** Share of the time still left, 0 to 1, for the ring. */
  share: number;
  over: boolean;
  /** The last ten seconds, or the last third when the offer is shorter than 30 s. */
  urgent: boolean;
}

/** Reads an offer's deadline. `offeredAt` gives the full length of the ring. */
export function countdown(offeredAt: string, expiresAt: string, serverNowMs: number): Countdown {
  const end = Date.parse(expiresAt);
  const total = Math.max(1, end - Date.parse(offeredAt));
  const left = Math.max(0, end - serverNowMs);
  const share = Math.min(1, left / total);
  return {
    seconds: Math.ceil(left / 1000),
    share,
    over: left === 0,
    urgent: left > 0 && left <= Math.min(10_000, total / 3),
  };
}

/** Length of the visible part of the ring's stroke, for a circle of radius `r`. */
export function ringDash(share: number, r: number): { length: number; gap: number } {
  const round = 2 * Math.PI * r;
  const length = round * Math.min(1, Math.max(0, share));
  return { length, gap: round - length };
}
