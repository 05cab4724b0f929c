/**
 * A computer without a graphics card draws the map by itself, and a sharp picture of a city takes it longer
 * than a hand is patient. While such a map is dragged it is drawn with fewer pixels, and sharp again when it
 * rests. On any other computer nothing is ever changed.
 */

/** A frame that takes longer than this is felt, ms (25 a second). */
const SLOW_MS = 40;
/** So many of the last frames must be slow, and so many are looked at. */
const SLOW = 5;
const LOOKED_AT = 8;
/** Pixels along a side while it is dragged, as a share. */
const SHARE = 0.5;
/** The map is sharp again this long after it came to rest, ms. */
const REST_MS = 220;

/** Whether the last frames were too slow. Pure: the times they were drawn at, ms. */
export function drags(at: readonly number[]): boolean {
  const last = at.slice(-LOOKED_AT - 1);
  const gaps = last.slice(1).map((time, index) => time - (last[index] ?? time));
  return gaps.length >= LOOKED_AT && gaps.filter((gap) => gap > SLOW_MS).length >= SLOW;
}

/** What is needed of the map. */
interface Drawn {
  on(what: 'render' | 'movestart' | 'moveend', ear: () => void): unknown;
  off(what: 'render' | 'movestart' | 'moveend', ear: () => void): unknown;
  getPixelRatio(): number;
  setPixelRatio(ratio: number): unknown;
}

/** Watches over a map; the answer ends it. */
export function easeMoves(map: Drawn): () => void {
  let moving = false;
  let frames: number[] = [];
  let sharp: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const rest = () => {
    if (sharp !== null) map.setPixelRatio(sharp);
    sharp = null;
  };
  const begin = () => {
    moving = true;
    frames = [];
    clearTimeout(timer);
  };
  const end = () => {
    moving = false;
    timer = setTimeout(rest, REST_MS);
  };
  const frame = () => {
    if (!moving || sharp !== null) return;
    frames = [...frames.slice(-LOOKED_AT), performance.now()];
    if (!drags(frames)) return;
    sharp = map.getPixelRatio();
    map.setPixelRatio(sharp * SHARE);
  };
  map.on('movestart', begin);
  map.on('moveend', end);
  map.on('render', frame);
  return () => {
    clearTimeout(timer);
    map.off('movestart', begin);
    map.off('moveend', end);
    map.off('render', frame);
  };
}
