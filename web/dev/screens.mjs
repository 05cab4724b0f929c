/**
 * What the screens cost the people before them: `node dev/screens.mjs URL LOGINS`, started by `make bench`.
 * Signs in to a demonstration as an operator and as a crew and prints one line of JSON: how long the first picture
 * of each screen takes, what a tablet moves over the wire in an hour of patrol and of a job at one position a
 * second, and how long it takes from a held emergency button to the sign on another screen. Bytes are those of the
 * connections themselves, counted by a relay between the browser and the server, both ways.
 */
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { chromium } from 'playwright-core';

const [target, loginsFile] = process.argv.slice(2);
const PATROL_S = 90;
const JOB_S = 90;
const PANICS = 5;
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];
/** IPv4 and TCP head with timestamps, and a TLS record: what every packet costs beside its bytes. */
const PACKET_BYTES = 52;
const RECORD_BYTES = 22;

/** Whatever hangs: the bench goes on. */
setTimeout(() => process.exit(1), 500_000).unref();

const logins = JSON.parse(await readFile(loginsFile, 'utf8'));
const { hostname, port } = new URL(target);

/** A relay that counts what passes: bytes of the connections, and in how many pieces. */
async function relay() {
  const count = { bytes: 0, pieces: 0 };
  const listener = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.setNoDelay(true);
      from.on('data', (piece) => {
        count.bytes += piece.length;
        count.pieces += 1;
        to.write(piece);
      });
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await new Promise((done) => listener.once('listening', done));
  return { url: `http://127.0.0.1:${listener.address().port}`, count };
}

/** What passed since, as it would be with TLS: each piece a record in a packet of its own, and its receipt. */
function since(count, before) {
  const pieces = count.pieces - before.pieces;
  return count.bytes - before.bytes + pieces * (2 * PACKET_BYTES + RECORD_BYTES);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
const faults = [];

async function visitor(options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'id-ID',
    ...options,
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  return page;
}

async function signsIn(page, url, username) {
  const { password } = logins.find((login) => login.username === username);
  await page.goto(url);
  await page.getByTestId('login-username').fill(username);
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-submit').click();
}

/** Milliseconds from asking for a page to the thing that says it can be used. */
async function firstPicture(page, url, ready) {
  await page.goto('about:blank');
  const begun = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator(ready).first().waitFor();
  return performance.now() - begun;
}

async function ask(username, path, body) {
  const { token } = logins.find((login) => login.username === username);
  const answer = await fetch(target + path, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

// --- the operator's and the commander's first picture ---------------------------------------------
const operator = await visitor();
await signsIn(operator, target, 'operator');
await operator.waitForURL('**/command');
const command_ms = await firstPicture(
  operator,
  `${target}/command`,
  '[data-testid="connection"][data-state="live"]',
);
const commander = await visitor();
await signsIn(commander, target, 'kapolres');
await commander.waitForURL('**/insight');
const insight_ms = await firstPicture(
  commander,
  `${target}/insight`,
  '[data-testid="morning-day"]',
);
const heat_map_ms = await firstPicture(
  commander,
  `${target}/insight?v=map`,
  '[data-testid="insight-map"][data-ready="true"]',
);
await commander.context().close();

// --- a crew that drives ------------------------------------------------------------------------
const { items } = await ask('operator', '/v1/units');
const unit = items.find(({ status, kind }) => status === 'available' && kind === 'car');
const crewName = unit.call_sign.toLowerCase();
const { url, count } = await relay();
const at = { ...unit.post };
const place = () => ({ longitude: at.lng, latitude: at.lat, accuracy: 6 });
const crew = await visitor({ permissions: ['geolocation'], geolocation: place() });
const beforeVisit = { ...count };
await signsIn(crew, url, crewName);
await crew.waitForURL('**/tablet');
await crew.getByTestId('tablet').waitFor();
await crew.waitForTimeout(8000);
const first_visit_bytes = since(count, beforeVisit);
const beforeAgain = { ...count };
const tablet_ms = await firstPicture(crew, `${url}/tablet`, '[data-testid="tablet"]');
await crew.waitForTimeout(4000);
const again_bytes = since(count, beforeAgain);

let turn = 0;
/** One position a second for so long, ten metres apart; bytes moved in an hour of it. */
async function drives(seconds) {
  const before = { ...count };
  const begun = performance.now();
  for (let second = 0; second < seconds; second += 1) {
    turn += 1;
    const angle = turn / 30;
    at.lng += (10 * Math.cos(angle)) / 111_000;
    at.lat += (10 * Math.sin(angle)) / 111_000;
    await crew.context().setGeolocation(place());
    await crew.waitForTimeout(Math.max(0, begun + (second + 1) * 1000 - performance.now()));
  }
  return (since(count, before) * 3_600_000) / (performance.now() - begun);
}
const patrol_bytes_h = await drives(PATROL_S);

// A job: the steps, the way, each position at once.
const report = await ask('operator', '/v1/reports', {
  text: 'kecelakaan dua motor, ada yang luka',
  lng: unit.post.lng + 0.02,
  lat: unit.post.lat + 0.01,
});
const incident = await ask('operator', `/v1/reports/${report.id}/incident`, {});
await ask('operator', `/v1/incidents/${incident.id}/assignments`, {
  unit_id: unit.id,
  override_reason: 'uji',
});
await crew.getByTestId('tablet-accept').click();
await crew.locator('[data-testid="tablet"][data-stage="accepted"]').waitFor();
await crew.waitForTimeout(1200);
await crew.getByTestId('tablet-next').click();
await crew.locator('[data-testid="tablet"][data-stage="en_route"]').waitFor();
const job_bytes_h = await drives(JOB_S);

// --- the emergency button, held -------------------------------------------------------------------
await operator.getByTestId('tab-units').click();
await operator.getByTestId('search').fill(unit.call_sign);
await operator.getByTestId('unit-row').filter({ hasText: unit.call_sign }).first().click();
await operator.getByTestId('unit-card').waitFor();
const panics = [];
for (let n = 0; n < PANICS; n += 1) {
  const seen = operator.evaluate(
    () =>
      new Promise((done) => {
        const look = () => {
          if (document.querySelector('[data-testid="unit-emergency"]') !== null) {
            requestAnimationFrame(() => done(Date.now()));
            return true;
          }
          return false;
        };
        const observer = new MutationObserver(() => look() && observer.disconnect());
        observer.observe(document.body, { childList: true, subtree: true });
      }),
  );
  const sent = crew.evaluate(
    () =>
      new Promise((done) => {
        const real = window.fetch;
        window.fetch = (...words) => {
          if (String(words[0]).endsWith('/emergency')) {
            window.fetch = real;
            done(Date.now());
          }
          return real(...words);
        };
      }),
  );
  const box = await crew.getByTestId('tablet-panic').boundingBox();
  await crew.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await crew.mouse.down();
  await crew.waitForTimeout(1150);
  await crew.mouse.up();
  panics.push((await seen) - (await sent));
  await ask('operator', `/v1/units/${unit.id}/emergency`, { on: false });
  await operator.getByTestId('unit-emergency').waitFor({ state: 'detached' });
  await crew.getByTestId('tablet-panic-on').waitFor({ state: 'detached' });
}

console.log(
  JSON.stringify({
    command_ms,
    insight_ms,
    heat_map_ms,
    tablet_ms,
    first_visit_bytes,
    again_bytes,
    patrol_bytes_h,
    job_bytes_h,
    panic_ms: panics.sort((a, b) => a - b)[PANICS >> 1],
    panic_slowest_ms: panics.at(-1),
    faults,
  }),
);
await browser.close();
process.exit(0);
