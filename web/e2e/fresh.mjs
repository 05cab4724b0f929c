/** `sigap serve` on an empty store, with a settings file a scenario edits, and somebody who plays Meta. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { eventually } from './wait.mjs';

/** Meta's number and messages: numbers that begin with 9 are nobody's. */
function meta() {
  const sent = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const number = request.url.split(/[/?]/)[2];
      const say = (status, json) => {
        answer.writeHead(status, { 'content-type': 'application/json' });
        answer.end(JSON.stringify(json));
      };
      if (number.startsWith('9')) {
        say(400, { error: { code: 100, message: '(#100) Object does not exist.' } });
      } else if (request.method === 'GET') {
        say(200, {
          display_phone_number: '+62 811-0000-110',
          verified_name: 'Polres Contoh',
          quality_rating: 'GREEN',
        });
      } else {
        sent.push(JSON.parse(body));
        say(200, { messages: [{ id: `wamid.${sent.length}` }] });
      }
    });
  });
  return { server, sent };
}

/** Starts it; gives its address, the printed code, what Meta was sent, and a way to set settings. */
export async function startFresh(binary, data, port) {
  await mkdir(data, { recursive: true });
  const { server, sent } = meta();
  server.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const graph = `http://127.0.0.1:${server.address().port}/v25.0`;
  const url = `http://127.0.0.1:${port}`;
  const file = join(data, 'sigap.toml');
  const set = (whatsapp, more = '') =>
    writeFile(
      file,
      `[database]\nurl = "sqlite:${join(data, 'sigap.db')}"\n[privacy]\nkeys = "1:${keys}"\n${more}\n[whatsapp]\ngraph_url = "${graph}"\n${whatsapp}\n`,
    );
  const keys = randomBytes(32).toString('base64');
  await set('');
  const words = [];
  const child = spawn(binary, ['serve', '--config', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((done) => child.once('exit', done));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => words.push(text));
  child.once('error', (error) => words.push(String(error)));
  const code = await eventually(
    'the set-up code to be printed',
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${words.join('')}`);
      return /Kode penyiapan: (\S+)/.exec(words.join(''))?.[1];
    },
    60_000,
  );
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    server.close();
  };
  return { url, code, sent, set, stop };
}
