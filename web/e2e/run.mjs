/**
 * End-to-end tests: the real binary, a real browser. `npm run e2e [-- part of a scenario's name]`.
 * SIGAP_BIN names the binary, CHROMIUM the browser. Pictures go to target/e2e, outside git.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { accessible } from './accessible.mjs';
import { Reporter } from './lapor.mjs';
import { Commander, Crew, Operator } from './people.mjs';
import { buildCity } from './server.mjs';

const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];
const PICTURES = resolve(import.meta.dirname, '../../target/e2e');
const DESK = { width: 1920, height: 1080 };
const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const TABLET = { width: 1280, height: 800 };
const WAIT_MS = 30_000;
/** What a browser says about an unreachable server while a scenario cuts the network. */
const EXPECTED = /net::ERR_INTERNET_DISCONNECTED|WebSocket connection|status of (401|409|422)/;

/** Opens browsers for the people of one scenario, and remembers what went wrong inside them. */
class Stage {
  faults = [];
  contexts = [];

  constructor(browser, server, name) {
    Object.assign(this, { browser, server, name });
  }

  async #page(options) {
    const context = await this.browser.newContext({ locale: 'id-ID', ...options });
    context.setDefaultTimeout(WAIT_MS);
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(`page: ${error.message}`));
    page.on('console', (line) => {
      if (line.type() === 'error' && !this.expected.test(line.text()))
        this.faults.push(`${line.text()} ${line.location().url}`);
    });
    return page;
  }

  async operator(username, options = {}) {
    const page = await this.#page({ viewport: DESK, ...options });
    return new Operator(page, this.server).starts(username);
  }

  /** The crew of a unit, at its post. */
  async crew(callSign) {
    const { items } = await this.server.ask(callSign, '/v1/units');
    const { lng, lat } = items.find((unit) => unit.call_sign === callSign).post;
    const geolocation = { longitude: lng, latitude: lat, accuracy: 8 };
    const page = await this.#page({ viewport: TABLET, permissions: ['geolocation'], geolocation });
    return new Crew(page, this.server).starts(callSign);
  }

  async commander(username) {
    return new Commander(await this.#page({ viewport: DESK }), this.server).starts(username);
  }

  /** Somebody with a telephone, standing at a place. */
  async reporter(geolocation, options = {}) {
    const page = await this.#page({
      ...PHONE,
      permissions: ['geolocation'],
      geolocation,
      ...options,
    });
    return new Reporter(page, this.server);
  }

  /** Somebody who has not signed in. */
  async visitor() {
    return new Operator(await this.#page({ viewport: DESK }), this.server);
  }

  /** Takes a picture for people, and lets axe look for what keeps somebody out. */
  async shows(person, name) {
    // By day and by night.
    const root = person.page.locator('html');
    const theme = (await root.getAttribute('data-theme')) ?? 'dark';
    for (const one of [theme === 'dark' ? 'light' : 'dark', theme]) {
      await root.evaluate((html, to) => {
        html.dataset.theme = to;
      }, one);
      await accessible(person.page, `${this.name} ${name}, ${one}`);
    }
    await person.page.screenshot({ path: join(PICTURES, `${this.name}-${name}.png`) });
  }

  async pictures(reason) {
    const pages = this.contexts.flatMap((context) => context.pages());
    for (const [n, page] of pages.entries()) {
      await page
        .screenshot({ path: join(PICTURES, `${this.name}-${reason}-${n + 1}.png`) })
        .catch(() => {});
    }
  }

  async leave() {
    for (const context of this.contexts) await context.close();
  }
}

async function scenarios(part) {
  const folder = join(import.meta.dirname, 'scenarios');
  const found = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.mjs')).sort()) {
    const { default: all } = await import(join(folder, file));
    const short = file.slice(0, -'.mjs'.length);
    for (const [title, play] of Object.entries(all)) {
      found.push({ name: `${short}-${found.length + 1}`, title, play });
    }
  }
  return found.filter(({ title, name }) => `${name} ${title}`.includes(part));
}

/** Plays one scenario on a server of its own; gives back what went wrong, or null. */
async function run(scenario, city, browser) {
  const server = await (scenario.play.fresh ? city.startFresh() : city.start(scenario.play.env));
  const stage = new Stage(browser, server, scenario.name);
  stage.expected = scenario.play.expected ?? EXPECTED;
  try {
    await scenario.play(stage);
    return stage.faults.length > 0 ? `in the browser: ${stage.faults.join('\n')}` : null;
  } catch (error) {
    await stage.pictures('failed');
    return [error.stack, ...stage.faults].join('\n');
  } finally {
    await stage.leave();
    await server.stop();
  }
}

await mkdir(PICTURES, { recursive: true });
const city = await buildCity();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
let passed = 0;
let failed = 0;
for (const scenario of await scenarios(process.argv[2] ?? '')) {
  const begun = performance.now();
  const fault = await run(scenario, city, browser);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (fault === null) passed += 1;
  else failed += 1;
  console.log(`${fault === null ? '✓' : '✗'} ${scenario.title} (${seconds} s)`);
  if (fault !== null) console.log(fault.replaceAll(/^/gm, '    '));
}
await browser.close();
await city.remove();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
