import { describe, expect, it } from 'vitest';
import { countdown, ringDash } from './countdown';

const offered = '2026-11-22T03:00:00Z';
const expires = '2026-11-22T03:00:30Z';
const start = Date.parse(offered);

describe('the countdown of an offer', () => {
  it('starts full and ends at zero', () => {
    expect(countdown(offered, expires, start)).toMatchObject({
      seconds: 30,
      share: 1,
      over: false,
    });
    expect(countdown(offered, expires, start + 30_000)).toMatchObject({
      seconds: 0,
      share: 0,
      over: true,
    });
    expect(countdown(offered, expires, start + 90_000).seconds).toBe(0);
  });

  it('reads 1 until the very end', () => {
    expect(countdown(offered, expires, start + 29_999)).toMatchObject({ seconds: 1, over: false });
  });

  it('turns urgent in the last ten seconds, never when it is over', () => {
    const at = (s: number) => countdown(offered, expires, start + s * 1000).urgent;
    expect([19, 20, 29, 30].map(at)).toEqual([false, true, true, false]);
  });

  it('the ring shows the share that is left', () => {
    const { length, gap } = ringDash(0.25, 50);
    expect(length / (length + gap)).toBeCloseTo(0.25);
    expect(ringDash(2, 50).gap).toBe(0);
  });
});
