/**
 * How smooth the command center's map is while thousands of units move: `node dev/frames.mjs URL USER
 * PASSWORD`, started by `make bench`. Opens the real screen in Chromium, drags the map for some seconds,
 * and prints one line of JSON: frames per second while panning, the frame in twenty that took longest,
 * tasks that held the main thread, and script time for each second of positions.
 */
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

/** Whatever hangs: the bench goes on. */
setTimeout(() => process.exit(1), 280_000).unref();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
const page = await browser.newPage({ viewport: SIZE, locale: 'id-ID' });
page.setDefaultTimeout(90_000);
const faults = [];
page.on('pageerror', (error) => faults.push(error.message));

/** Begins to note frames and long tasks in the page. */
const watch = () =>
  page.evaluate(() => {
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

/** What was noted since. */
const noted = () =>
  page.evaluate(() => {
    const { seen, observer } = window.watched;
    seen.on = false;
    observer.disconnect();
    return { frames: seen.frames, long: seen.long };
  });

const cdp = await page.context().newCDPSession(page);
await cdp.send('Performance.enable');
const metrics = async () =>
  Object.fromEntries(
    (await cdp.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]),
  );

await page.goto(url);
await page.getByTestId('login-username').fill(username);
await page.getByTestId('login-password').fill(password);
await page.getByTestId('login-submit').click();
await page.waitForURL('**/command');
await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
await page.locator('.maplibregl-canvas').waitFor();
await page.waitForTimeout(5000);
const units = await page.getByTestId('tab-units').locator('span').textContent();
if (process.env.FRAMES_PICTURE) await page.screenshot({ path: process.env.FRAMES_PICTURE });

// Nobody touches the map: what a second of positions costs.
const before = await metrics();
await page.waitForTimeout(STILL_S * 1000);
const after = await metrics();
const per = (name) => ((after[name] - before[name]) * 1000) / STILL_S;

// The map is dragged in circles, without a stop.
const box = await page.getByTestId('map').boundingBox();
const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
await page.mouse.move(middle.x, middle.y);
await page.mouse.down();
await watch();
const begun = performance.now();
for (let n = 0; performance.now() - begun < PAN_S * 1000; n += 1) {
  const turn = n / 20;
  await page.mouse.move(middle.x + 120 * Math.sin(turn), middle.y + 90 * Math.sin(turn * 1.3));
}
const pan = await noted();
await page.mouse.up();

const gaps = pan.frames
  .slice(1)
  .map((at, n) => at - pan.frames[n])
  .sort((a, b) => a - b);
const share = (part) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * part))];
console.log(
  JSON.stringify({
    units: Number(units),
    fps: gaps.length / ((pan.frames.at(-1) - pan.frames[0]) / 1000),
    frame_p50_ms: share(0.5),
    frame_p95_ms: share(0.95),
    long_tasks: pan.long.length,
    longest_ms: Math.max(0, ...pan.long),
    script_ms: per('ScriptDuration'),
    task_ms: per('TaskDuration'),
    faults,
  }),
);
await browser.close();
