/**
 * Positions of some seconds in one binary frame (src/realtime/batch.rs): nine bytes a fix instead of 140.
 * Enters: fixes in server time. Leaves: frames for the socket.
 */

import type { Fix } from '../wire';

const HEAD_BYTES = 20;
const FIX_BYTES = 9;
/** Most fixes in a frame (batch.rs). */
export const MOST_FIXES = 120;
const UNKNOWN = 255;
/** Time in a frame is told in hundredths of a second, in 16 bits. */
const LONGEST_MS = 655_000;
/** Two fixes further apart than this begin a new frame, millionths of a degree in 16 bits. */
const FARTHEST = 32_767;

const micro = (degrees: number): number => Math.round(degrees * 1e6);
const known = (value: number | null | undefined, unit: number, most = UNKNOWN - 1): number =>
  value == null ? UNKNOWN : Math.min(most, Math.max(0, Math.round(value / unit)));

/** Whether `fix` can stand in the frame that begins with `first` and ends with `last`. */
function fits(first: Fix, last: Fix, fix: Fix): boolean {
  const after = Date.parse(fix.at) - Date.parse(first.at);
  if (after < 0 || after > LONGEST_MS) return false;
  const step = Math.max(
    Math.abs(micro(fix.lng) - micro(last.lng)),
    Math.abs(micro(fix.lat) - micro(last.lat)),
  );
  return step <= FARTHEST;
}

/** How many of these fixes the next frame takes: all, unless there is a leap or a long time between. */
function together(fixes: readonly Fix[]): number {
  const [first] = fixes;
  if (first === undefined) return 0;
  let count = 1;
  let last = first;
  for (const fix of fixes.slice(1, MOST_FIXES)) {
    if (!fits(first, last, fix)) break;
    last = fix;
    count += 1;
  }
  return count;
}

/** The frames that hold these fixes, in their order. */
export function framesOf(fixes: readonly Fix[]): ArrayBuffer[] {
  const frames: ArrayBuffer[] = [];
  for (let from = 0; from < fixes.length; ) {
    const count = together(fixes.slice(from, from + MOST_FIXES));
    frames.push(frame(fixes.slice(from, from + count)));
    from += count;
  }
  return frames;
}

function frame(fixes: readonly Fix[]): ArrayBuffer {
  const bytes = new ArrayBuffer(HEAD_BYTES + fixes.length * FIX_BYTES);
  const view = new DataView(bytes);
  const [first] = fixes;
  if (first === undefined) return bytes;
  const began = Date.parse(first.at);
  let [lng, lat] = [micro(first.lng), micro(first.lat)];
  view.setUint8(0, 2);
  view.setUint8(1, 1);
  view.setUint16(2, fixes.length, true);
  view.setBigInt64(4, BigInt(began), true);
  view.setInt32(12, lng, true);
  view.setInt32(16, lat, true);
  for (const [index, fix] of fixes.entries()) {
    const at = HEAD_BYTES + index * FIX_BYTES;
    const [x, y] = [micro(fix.lng), micro(fix.lat)];
    view.setUint16(at, Math.round((Date.parse(fix.at) - began) / 10), true);
    view.setInt16(at + 2, x - lng, true);
    view.setInt16(at + 4, y - lat, true);
    view.setUint8(at + 6, known(fix.accuracy_m, 1));
    view.setUint8(at + 7, known(fix.speed_mps, 0.25));
    view.setUint8(at + 8, known(fix.heading_deg, 360 / 255));
    [lng, lat] = [x, y];
  }
  return bytes;
}

/** How long fixes are gathered before they are sent, ms: a crew that only patrols, and one on its way. */
export const PATROL_MS = 5_000;
/** Without network so many are kept, the newest: an hour at 1 Hz. */
export const MOST_KEPT = 3_600;

/** Fixes gathered until it is worth waking the radio. */
export class Gathered {
  #fixes: Fix[] = [];
  #sentMs: number | null = null;

  /**
   * Takes a fix; true when it is time to send. `urgent`: a job or the emergency signal, where each
   * second counts.
   */
  add(fix: Fix, nowMs: number, urgent: boolean): boolean {
    this.#fixes.push(fix);
    if (this.#fixes.length > MOST_KEPT) this.#fixes.splice(0, this.#fixes.length - MOST_KEPT);
    return urgent || this.#sentMs === null || nowMs - this.#sentMs >= PATROL_MS;
  }

  get count(): number {
    return this.#fixes.length;
  }

  /** Sends all of them; what the line does not take stays. False when something stayed. */
  flush(send: (frame: ArrayBuffer) => boolean, nowMs: number): boolean {
    while (this.#fixes.length > 0) {
      const count = together(this.#fixes);
      if (!send(frame(this.#fixes.slice(0, count)))) return false;
      this.#fixes.splice(0, count);
    }
    this.#sentMs = nowMs;
    return true;
  }
}
