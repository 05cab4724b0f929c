import { expect, test } from 'vitest';
import type { Fix } from '../wire';
import {
  EMPTY,
  fieldMs,
  GAP_MS,
  isPeriod,
  LONGEST_MS,
  momentAt,
  type Playback,
  pieces,
  played,
  silences,
  wallField,
} from './playback';

const START = Date.parse('2026-11-22T03:00:00.000Z');

/** A fix so many seconds into the hour, so many hundredths of a degree to the east. */
const fix = (seconds: number, east: number, speed: number | null = 10): Fix => ({
  lng: 98.67 + east / 100,
  lat: 3.58,
  at: new Date(START + seconds * 1000).toISOString(),
  ...(speed === null ? {} : { speed_mps: speed }),
});

const load = (...fixes: Fix[]): Playback =>
  played(EMPTY, { do: 'load', fixes, fromMs: START, toMs: START + 3_600_000 });

test('a track is put in order, each instant once, and begins where something was seen', () => {
  const state = load(fix(70, 2), fix(60, 1), fix(70, 9));
  expect(state.points.map(({ ms }) => (ms - START) / 1000)).toEqual([60, 70]);
  expect(state.atMs).toBe(START + 60_000);
  expect(played(load(), { do: 'play' }).playing).toBe(false);
});

test('playing passes as fast as asked, ends with the last fix and begins anew from there', () => {
  let state = played(load(fix(0, 0), fix(60, 1)), { do: 'speed', speed: 30 });
  expect(played(state, { do: 'pass', ms: 500 }).atMs).toBe(START);
  state = played(state, { do: 'play' });
  state = played(state, { do: 'pass', ms: 500 });
  expect([state.atMs - START, state.playing]).toEqual([15_000, true]);
  state = played(state, { do: 'pass', ms: 60_000 });
  expect([state.atMs - START, state.playing]).toEqual([60_000, false]);
  state = played(state, { do: 'play' });
  expect([state.atMs, state.playing]).toEqual([START, true]);
  expect(played(state, { do: 'pause' }).playing).toBe(false);
});

test('the slider stays within the period', () => {
  const state = load(fix(60, 1), fix(70, 2));
  expect(played(state, { do: 'seek', ms: START - 5 }).atMs).toBe(START);
  expect(played(state, { do: 'seek', ms: START + 9e9 }).atMs).toBe(START + 3_600_000);
});

test('between two fixes it is on its way, at two equal ones it stands', () => {
  const { points } = load(fix(0, 0), fix(10, 1), fix(40, 1, 0), fix(70, 1, 0));
  const half = momentAt(points, START + 5_000);
  expect([half.kind, half.at?.lng.toFixed(4), half.speed_mps]).toEqual(['moving', '98.6750', 10]);
  const standing = momentAt(points, START + 55_000);
  expect([standing.kind, standing.seenMs]).toEqual(['standing', START + 40_000]);
});

test('a gap is no drive: it stays where it was last seen, and says so', () => {
  const { points } = load(fix(0, 0), fix(10, 1), fix(10 + GAP_MS / 1000 + 1, 5), fix(200, 6));
  const gap = momentAt(points, START + 60_000);
  expect([gap.kind, gap.at?.lng.toFixed(2), gap.seenMs]).toEqual(['gap', '98.68', START + 10_000]);
  expect(momentAt(points, START + 10_000).kind).not.toBe('gap');
  expect(momentAt(points, START - 1)).toMatchObject({ kind: 'none', at: null });
  expect(momentAt(points, START + 200_000 + GAP_MS).kind).not.toBe('gap');
  expect(momentAt(points, START + 200_001 + GAP_MS).kind).toBe('gap');
  const { seen, gaps } = pieces(points);
  expect([seen.map((piece) => piece.length), gaps.length]).toEqual([[2, 2], 1]);
});

test('the silences of a period are told, also before the first and after the last fix', () => {
  const state = load(fix(900, 0), fix(910, 1), fix(1800, 2));
  expect(silences(state).map(({ from, to }) => [from, Number(to.toFixed(4))])).toEqual([
    [0, 0.25],
    [910 / 3600, 0.5],
    [0.5, 1],
  ]);
  expect(silences(EMPTY)).toEqual([]);
});

test('every moment of random tracks lies between the fixes around it', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  let moving = 0;
  for (let round = 0; round < 1000; round += 1) {
    const { points } = load(
      ...Array.from({ length: 1 + Math.floor(random() * 30) }, () =>
        fix(Math.floor(random() * 3000), random() * 10, random() < 0.3 ? 0 : 12),
      ),
    );
    const ms = START + random() * 3_600_000;
    const moment = momentAt(points, ms);
    const before = points.filter((point) => point.ms <= ms).at(-1);
    const after = points.find((point) => point.ms > ms);
    expect(moment.seenMs).toBe(before?.ms ?? null);
    if (moment.kind === 'moving' && before !== undefined && after !== undefined) {
      moving += 1;
      const [low, high] = [Math.min(before.lng, after.lng), Math.max(before.lng, after.lng)];
      expect(moment.at?.lng).toBeGreaterThanOrEqual(low - 1e-12);
      expect(moment.at?.lng).toBeLessThanOrEqual(high + 1e-12);
      expect(after.ms - before.ms).toBeLessThanOrEqual(GAP_MS);
    } else if (before !== undefined) {
      expect(moment.at).toEqual({ lng: before.lng, lat: before.lat });
    }
  }
  expect(moving).toBeGreaterThan(50);
});

test('the fields for date and time speak the time of the office', () => {
  expect(wallField(START, 7)).toBe('2026-11-22T10:00');
  expect(fieldMs('2026-11-22T10:00', 7)).toBe(START);
  expect(fieldMs('', 7)).toBe(null);
  expect([isPeriod(START, START), isPeriod(START, START + 1), isPeriod(null, START)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(isPeriod(START, START + LONGEST_MS + 1)).toBe(false);
});
