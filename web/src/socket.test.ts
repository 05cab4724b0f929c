import { beforeEach, expect, test } from 'vitest';
import { type Connection, LiveSocket, retryDelayMs } from './socket';
import { anEntry, aReport, aSnapshot } from './testing';

/** A WebSocket the test holds in its hands. */
class Line {
  readyState = 0;
  binaryType = '';
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: string) {}
  send(said: string | ArrayBuffer) {
    this.sent.push(typeof said === 'string' ? said : `${said.byteLength} bytes`);
  }
  close() {
    this.readyState = 3;
  }
  opens() {
    this.readyState = 1;
    this.onopen?.();
  }
  says(frame: unknown) {
    this.onmessage?.({ data: frame instanceof ArrayBuffer ? frame : JSON.stringify(frame) });
  }
  breaks(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let lines: Line[];
let timers: { run: () => void; ms: number }[];
let heard: string[];
let states: Connection[];
let socket: LiveSocket;
let clock: { ms: number; pulse: () => void };
const line = () => lines.at(-1) as Line;
const wait = () => timers.shift()?.run();

beforeEach(() => {
  lines = [];
  timers = [];
  heard = [];
  states = [];
  clock = { ms: 0, pulse: () => {} };
  socket = new LiveSocket(
    {
      snapshot: (frame) => heard.push(`snapshot ${frame.seq}`),
      resumed: (frame) => heard.push(`resumed ${frame.seq}`),
      entry: (frame) => heard.push(`entry ${frame.seq}`),
      tile: (frame) => heard.push(`tile ${frame.tick}`),
      connection: (state) => states.push(state),
      sessionEnded: () => heard.push('session ended'),
    },
    {
      url: 'ws://sigap/v1/realtime',
      open: (url) => {
        const made = new Line(url);
        lines.push(made);
        return made as unknown as WebSocket;
      },
      later: (run, ms) => timers.push({ run, ms }),
      cancel: () => timers.splice(0),
      every: (run) => {
        clock.pulse = run;
        return () => {
          clock.pulse = () => {};
        };
      },
      now: () => clock.ms,
      random: () => 1,
    },
  );
  socket.connect();
});

test('first a snapshot without a number, then entries in order', () => {
  expect(line().url).toBe('ws://sigap/v1/realtime');
  line().opens();
  line().says(aSnapshot({ seq: 40 }));
  line().says(anEntry(41, { reports: [aReport('a')] }));
  expect(heard).toEqual(['snapshot 40', 'entry 41']);
  expect(states).toEqual(['connecting', 'live']);
});

test('after a break it asks for what it missed, and entries seen twice are heard once', () => {
  line().opens();
  line().says(aSnapshot({ seq: 40 }));
  line().says(anEntry(41));
  line().breaks(1006);
  expect(states.at(-1)).toBe('waiting');
  wait();
  expect(line().url).toBe('ws://sigap/v1/realtime?after=41');
  line().opens();
  line().says({ type: 'resumed', polres: 'medan', seq: 43 });
  for (const seq of [41, 42, 43]) line().says(anEntry(seq));
  expect(heard).toEqual(['snapshot 40', 'entry 41', 'resumed 43', 'entry 42', 'entry 43']);
  expect(states.at(-1)).toBe('live');
});

test('a break between "resumed" and the missed entries loses none of them', () => {
  line().opens();
  line().says(aSnapshot({ seq: 40 }));
  line().breaks(1006);
  wait();
  line().opens();
  line().says({ type: 'resumed', polres: 'medan', seq: 45 });
  line().says(anEntry(41));
  line().breaks(1006);
  wait();
  expect(line().url).toBe('ws://sigap/v1/realtime?after=41');
});

test('a fresh snapshot sets the number, also backwards after a restore', () => {
  line().opens();
  line().says(aSnapshot({ seq: 40 }));
  line().breaks(1006);
  wait();
  line().says(aSnapshot({ seq: 12 }));
  line().says(anEntry(13));
  expect(heard).toEqual(['snapshot 40', 'snapshot 12', 'entry 13']);
});

test('pauses double up to a quarter of a minute, and start over once it lives again', () => {
  const pauses = [];
  for (let times = 0; times < 8; times += 1) {
    line().breaks(1006);
    pauses.push(timers[0]?.ms);
    wait();
  }
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  line().says(aSnapshot());
  line().breaks(1006);
  expect(timers[0]?.ms).toBe(500);
});

test('jitter spreads a pause from a quarter to the whole of it', () => {
  expect([0, 0.5, 1].map((random) => retryDelayMs(2, random))).toEqual([500, 1250, 2000]);
});

test('a restart of the server is answered soon, a slow client resumes at once', () => {
  line().says(aSnapshot());
  line().breaks(1012);
  expect(timers[0]?.ms).toBe(800);
  wait();
  line().says({ type: 'resumed', polres: 'medan', seq: 1 });
  line().breaks(4408);
  expect(timers[0]?.ms).toBe(200);
  wait();
  expect(line().url).toContain('?after=1');
});

test('an ended session is not tried again', () => {
  line().says(aSnapshot());
  line().breaks(4401);
  expect(heard.at(-1)).toBe('session ended');
  expect(timers).toHaveLength(0);
  expect(states.at(-1)).toBe('ended');
});

test('after a bad frame it begins from nothing', () => {
  line().says(aSnapshot({ seq: 9 }));
  line().breaks(1008);
  wait();
  expect(line().url).toBe('ws://sigap/v1/realtime');
});

test('the view is said again after a reconnect', () => {
  socket.view([98, 3, 99, 4], 12);
  expect(line().sent).toEqual([]);
  line().opens();
  line().breaks(1006);
  wait();
  line().opens();
  expect(JSON.parse(line().sent[0] ?? '')).toEqual({
    type: 'view',
    bbox: [98, 3, 99, 4],
    zoom: 12,
    binary: true,
  });
});

test('acknowledgements and positions say whether they went out', () => {
  expect(socket.ack('a1')).toBe(false);
  line().opens();
  expect(socket.ack('a1')).toBe(true);
  expect(socket.positions(new ArrayBuffer(29))).toBe(true);
  expect(line().sent).toEqual(['{"type":"ack","delivery":"a1"}', '29 bytes']);
  line().breaks(1006);
  expect(socket.positions(new ArrayBuffer(29))).toBe(false);
});

test('a binary frame reaches the tile listener, a broken one nobody', () => {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint32(4, 5, true);
  line().says(view.buffer);
  line().says(new ArrayBuffer(2));
  expect(heard).toEqual(['tile 5']);
});

test('closed for good stays closed, whatever the old line still says', () => {
  const old = line();
  socket.close();
  old.breaks(1006);
  expect(timers).toHaveLength(0);
  expect(states.at(-1)).toBe('ended');
});

test('when the network is back the pause is not sat out, and a live line is left alone', () => {
  line().opens();
  line().says(aSnapshot({ seq: 40 }));
  socket.wake();
  expect(lines).toHaveLength(1);
  line().breaks(1006);
  expect(timers).toHaveLength(1);
  socket.wake();
  expect(lines).toHaveLength(2);
  expect(timers).toHaveLength(0);
});

test('a line that died without a word is asked once, given up and opened anew', () => {
  const after = (ms: number) => {
    clock.ms += ms;
    clock.pulse();
  };
  line().opens();
  line().says(aSnapshot({ seq: 40 }));
  after(14_000);
  expect(line().sent).toEqual([]);
  after(2_000);
  after(2_000);
  expect(line().sent).toEqual(['{"type":"ping"}']);
  line().says({ type: 'pong' });
  after(14_000);
  after(5_000);
  expect(line().sent).toHaveLength(2);
  after(5_000);
  expect(states.at(-1)).toBe('live');
  after(5_000);
  expect(states.at(-1)).toBe('waiting');
  wait();
  expect(line().url).toContain('?after=40');
  // Nobody answers at all: that is given up too.
  after(59_000);
  expect(lines).toHaveLength(2);
  after(1_000);
  expect(states.at(-1)).toBe('waiting');
  socket.close();
  after(90_000);
  expect(states.at(-1)).toBe('ended');
});
