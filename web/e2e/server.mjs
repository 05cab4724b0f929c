/**
 * The real binary on a free port, without its simulator: what happens is what the scenario does.
 * The synthetic city is built once; every scenario begins with a copy of it.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startFresh } from './fresh.mjs';
import { eventually } from './wait.mjs';

const TARGET = process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, '../../target');
const BINARY = process.env.SIGAP_BIN ?? join(TARGET, 'debug', 'sigap');
const START_MS = 60_000;

/** Below the ports connections get by themselves, and none is given out twice. */
let nextPort = 20_000 + (process.pid % 100) * 100;

async function freePort() {
  for (;;) {
    nextPort += 1;
    const port = nextPort;
    const listener = createServer();
    const free = await new Promise((done) => {
      listener.once('error', () => done(false));
      listener.listen(port, '127.0.0.1', () => done(true));
    });
    if (!free) continue;
    await new Promise((done) => listener.close(done));
    return port;
  }
}

/** A running demonstration: its address, its logins, its end. */
class Server {
  constructor(url, logins, stop) {
    this.url = url;
    this.logins = logins;
    this.stop = stop;
  }

  login(username) {
    const found = this.logins.find((login) => login.username === username.toLowerCase());
    if (found === undefined) throw new Error(`the demonstration has no login ${username}`);
    return found;
  }

  /** Asks the HTTP interface with somebody's token. */
  async ask(username, path, options = {}) {
    const { token } = this.login(username);
    const answer = await fetch(this.url + path, {
      ...options,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** Every message to this number, oldest first. */
  async sentTo(phone) {
    const { items } = await (await fetch(`${this.url}/demo/outbox`)).json();
    return items.filter((item) => item.to === phone && item.text);
  }
}

/** An end can be taken back for longer than a slow machine needs for the click, and is told within the patience. */
const UNHURRIED = { SIGAP__DISPATCH__UNDO_S: '20' };

async function start(data, env = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(data, 'e2e-logins.json');
  await rm(file, { force: true });
  const words = [];
  const child = spawn(
    BINARY,
    ['demo', '--no-simulator', '--data', data, '--listen', `127.0.0.1:${port}`, '--logins', file],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...UNHURRIED, ...env } },
  );
  const ended = new Promise((done) => child.once('exit', done));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => words.push(text));
  child.once('error', (error) => words.push(String(error)));
  const logins = await eventually(
    'the demonstration to start',
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${words.join('')}`);
      const text = await readFile(file, 'utf8').catch(() => '');
      const alive = text !== '' && (await fetch(`${url}/readyz`).catch(() => null))?.ok;
      return alive ? JSON.parse(text) : null;
    },
    START_MS,
  );
  return new Server(url, logins, async () => {
    child.kill('SIGTERM');
    await ended;
  });
}

/** Builds the city once; `start()` then runs a demonstration on a copy of it. */
export async function buildCity() {
  const work = await mkdtemp(join(tmpdir(), 'sigap-e2e-'));
  const city = join(work, 'city');
  await (await start(city)).stop();
  let runs = 0;
  return {
    /** With settings of its own: `SIGAP__SECTION__KEY`. */
    async start(env) {
      runs += 1;
      const data = join(work, `run-${runs}`);
      await cp(city, data, { recursive: true });
      return start(data, env);
    },
    /** `serve` on an empty store instead. */
    async startFresh() {
      runs += 1;
      return startFresh(BINARY, join(work, `run-${runs}`), await freePort());
    },
    remove: () => rm(work, { recursive: true, force: true }),
  };
}
