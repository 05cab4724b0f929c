/** Waiting for conditions, never for time. */

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 60;

/** Looks until `look` gives something true, and gives it back; throws with `what` after the patience. */
export async function eventually(what, look, patienceMs = PATIENCE_MS) {
  const until = Date.now() + patienceMs;
  let last;
  for (;;) {
    last = await look();
    if (last) return last;
    if (Date.now() > until) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

/** Fails with `what` unless `truth`. */
export function must(truth, what) {
  if (!truth) throw new Error(what);
}
