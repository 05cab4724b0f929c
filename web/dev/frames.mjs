/**
 * How smooth the command center's map is while thousands of units move: `node dev/frames.mjs URL USER PASSWORD`,
 * started by `make bench`. Opens the real screen in Chromium, drags the map for some seconds, and prints one line of
 * JSON; then the same with what a user would take instead, MapLibre's own GeoJSON symbols (`peer`, dev/peer.html).
 *
 * Without a graphics card Chromium draws WebGL by processor and lets the page's main thread wait for the picture,
 * so the time between frames says more of that than of us. Told apart are therefore frames a second as they came,
 * and the processor time of the main thread for each frame, which is the same with any card.
 */
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, username, password] = process.argv.slice(2);
const PAN_S = 10;
const STILL_S = 10;
const SIZE = { width: 1280, height: 800 };
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];
const LONG_MS = 50;

/** Whatever hangs: the bench goes on. */
setTimeout(() => process.exit(1), 400_000).unref();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
const faults = [];

async function opens(path) {
  const page = await browser.newPage({ viewport: SIZE, locale: 'id-ID' });
  page.setDefaultTimeout(90_000);
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(path);
  return page;
}

/** The main thread in a trace: processor time of each frame, ms, and its tasks of more than 50 ms. */
function mainThread(trace) {
  const { traceEvents } = JSON.parse(trace);
  const tasks = new Map();
  for (const event of traceEvents) {
    if (event.ph !== 'X' || !event.name.endsWith('RunTask')) continue;
    const thread = `${event.pid} ${event.tid}`;
    tasks.set(thread, [...(tasks.get(thread) ?? []), event]);
  }
  const frames = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  const [first] = frames;
  const own = first === undefined ? [] : (tasks.get(`${first.pid} ${first.tid}`) ?? []);
  // Several callbacks in a row are one frame.
  const starts = frames
    .map(({ ts }) => ts)
    .sort((a, b) => a - b)
    .filter((ts, n, all) => n === 0 || ts - all[n - 1] > 2000);
  const costs = starts
    .slice(1)
    .map((end, n) =>
      own
        .filter(({ ts }) => ts >= starts[n] && ts < end)
        .reduce((sum, { tdur, dur }) => sum + (tdur ?? dur) / 1000, 0),
    );
  return {
    costs: costs.sort((a, b) => a - b),
    long: own.filter(({ tdur, dur }) => (tdur ?? dur) / 1000 > LONG_MS).length,
  };
}

const share = (sorted, part) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Times of frames while the map is dragged in circles, without a stop; with a trace, what they cost. */
async function drag(page, traced) {
  const box = await page.getByTestId('map').boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  if (traced) {
    const categories = ['toplevel', 'devtools.timeline'];
    await browser.startTracing(page, { categories });
  }
  await page.evaluate(() => {
    const seen = { frames: [], long: [], on: true };
    const frame = (at) => {
      seen.frames.push(at);
      if (seen.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.long.push(duration);
    });
    observer.observe({ entryTypes: ['longtask'] });
    window.watched = { seen, observer };
  });
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  const begun = performance.now();
  for (let n = 0; performance.now() - begun < PAN_S * 1000; n += 1) {
    const turn = n / 20;
    await page.mouse.move(middle.x + 120 * Math.sin(turn), middle.y + 90 * Math.sin(turn * 1.3));
  }
  const seen = await page.evaluate(() => {
    const { seen, observer } = window.watched;
    seen.on = false;
    observer.disconnect();
    return { frames: seen.frames, long: seen.long };
  });
  await page.mouse.up();
  const trace = traced ? mainThread((await browser.stopTracing()).toString()) : null;
  return { ...seen, trace };
}

/** Everything about one page. */
async function figures(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const metrics = async () =>
    Object.fromEntries(
      (await cdp.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
    );
  // Nobody touches the map: what a second of positions costs.
  const before = await metrics();
  await page.waitForTimeout(STILL_S * 1000);
  const after = await metrics();
  const pan = await drag(page, false);
  const { trace } = await drag(page, true);
  const gaps = pan.frames
    .slice(1)
    .map((at, n) => at - pan.frames[n])
    .sort((a, b) => a - b);
  return {
    fps: gaps.length / ((pan.frames.at(-1) - pan.frames[0]) / 1000),
    frame_p50_ms: share(gaps, 0.5),
    frame_p95_ms: share(gaps, 0.95),
    long_waits: pan.long.length,
    cpu_p50_ms: share(trace.costs, 0.5),
    cpu_p99_ms: share(trace.costs, 0.99),
    long_tasks: trace.long,
    script_ms: ((after.ScriptDuration - before.ScriptDuration) * 1000) / STILL_S,
  };
}

const page = await opens(url);
await page.getByTestId('login-username').fill(username);
await page.getByTestId('login-password').fill(password);
await page.getByTestId('login-submit').click();
await page.waitForURL('**/command');
await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
await page.locator('.maplibregl-canvas').waitFor();
await page.waitForTimeout(5000);
const units = await page.getByTestId('tab-units').locator('span').textContent();
const { width, height } = await page.getByTestId('map').boundingBox();
const points = await page.evaluate(async () => {
  const { items } = await (await fetch('/v1/units')).json();
  return items.map(({ post }) => [post.lng, post.lat]);
});
if (process.env.FRAMES_PICTURE) await page.screenshot({ path: process.env.FRAMES_PICTURE });
const ours = await figures(page);

// The same ground, as large a map and as many units, as MapLibre's documentation shows it.
const library = join(import.meta.dirname, '../node_modules/maplibre-gl/dist');
await page.context().route('**/peer/**', async (route) => {
  const name = new URL(route.request().url()).pathname.split('/').at(-1);
  const file = name === 'peer.html' ? join(import.meta.dirname, name) : join(library, name);
  await route.fulfill({ path: file });
});
await page.goto(`${url}/peer/peer.html`);
await page.evaluate((all) => window.begin(all), { points, width, height });
await page.waitForTimeout(5000);
if (process.env.FRAMES_PICTURE) {
  await page.screenshot({ path: join(dirname(process.env.FRAMES_PICTURE), 'peer.png') });
}
const peer = await figures(page);

console.log(JSON.stringify({ units: Number(units), ours, peer, faults }));
await browser.close();
process.exit(0);
