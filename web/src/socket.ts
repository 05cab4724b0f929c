/**
 * The only WebSocket of a screen. In: server frames. Out: callbacks, in order.
 *
 * First a snapshot, then numbered entries. When the connection is lost it comes back by itself and
 * asks for what it missed (`?after=seq`); the server answers `resumed`, or a fresh snapshot when the
 * number is too old. Entries already seen are dropped. Positions are a lossy stream and carry no
 * promise.
 */

import { PositionFrame } from './positions';
import { doorOf } from './rehearsal/base';
import type {
  ClientFrame,
  EntryFrame,
  ErrorFrame,
  Id,
  LookedKind,
  PositionsFrame,
  PresenceFrame,
  ResumedFrame,
  ServerFrame,
  SnapshotFrame,
} from './wire';

/** The server restarts: come back soon. */
export const CLOSE_RESTART = 1012;
/** We sent something the server could not read. */
export const CLOSE_BAD_FRAME = 1008;
/** The session ended: go to the login page. */
export const CLOSE_SESSION_ENDED = 4401;
/** We could not keep up: resume. */
export const CLOSE_TOO_SLOW = 4408;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const RESTART_DELAY_MS = 800;
/** A connection can be dead without a word (a tunnel, a cable): looked at this often, ms. */
const PULSE_MS = 5_000;
/** After so much silence the server is asked whether it is there; and then it is given up, ms. */
const ASK_AFTER_MS = 15_000;
const GONE_AFTER_MS = 25_000;
/** The same before the first frame: a whole desk may be on its way over a thin line, ms. */
const NO_ANSWER_MS = 60_000;

/** Nobody answered: what we call it when we give a line up ourselves. */
const CLOSE_SILENT = 4000;

/** connecting: first attempt or again; live: frames flow; waiting: a pause before the next attempt; ended: for good. */
export type Connection = 'connecting' | 'live' | 'waiting' | 'ended';

/** What a screen wants to hear. */
export interface Listener {
  snapshot(frame: SnapshotFrame): void;
  resumed?(frame: ResumedFrame): void;
  entry(frame: EntryFrame): void;
  positions?(frame: PositionsFrame): void;
  tile?(frame: PositionFrame): void;
  presence?(frame: PresenceFrame): void;
  error?(frame: ErrorFrame): void;
  connection?(state: Connection): void;
  sessionEnded?(): void;
}

/** The outside world, replaced in tests. */
export interface Surroundings {
  open(url: string): WebSocket;
  later(run: () => void, ms: number): number;
  cancel(timer: number): void;
  /** Again and again; the answer stops it. */
  every(run: () => void, ms: number): () => void;
  /** Milliseconds that only grow. */
  now(): number;
  random(): number;
  url: string;
}

function browser(): Surroundings {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return {
    open: (url) => new WebSocket(url),
    later: (run, ms) => window.setTimeout(run, ms),
    cancel: (timer) => window.clearTimeout(timer),
    every: (run, ms) => {
      const timer = window.setInterval(run, ms);
      return () => window.clearInterval(timer);
    },
    now: () => performance.now(),
    random: Math.random,
    url: `${scheme}://${location.host}${doorOf('/v1/realtime')}`,
  };
}

/** Pause before attempt number `attempt` (0 = first retry), with full jitter above a quarter. */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.round(ceiling * (0.25 + 0.75 * random));
}

export class LiveSocket {
  #socket: WebSocket | null = null;
  #timer: number | null = null;
  #attempt = 0;
  #seq: number | null = null;
  #view: ClientFrame | null = null;
  #look: ClientFrame | null = null;
  #state: Connection = 'waiting';
  #heardMs = 0;
  #asked = false;
  #stopPulse: (() => void) | null = null;

  constructor(
    private readonly listener: Listener,
    private readonly world: Surroundings = browser(),
  ) {}

  /** Number of the last entry that was handed on; null before the first snapshot. */
  get seq(): number | null {
    return this.#seq;
  }

  get state(): Connection {
    return this.#state;
  }

  /** Opens the connection; harmless when it is open or opening. After `ended` it starts anew. */
  connect(): void {
    if (this.#socket !== null) return;
    this.#cancelTimer();
    this.#become('connecting');
    this.#hears();
    this.#stopPulse ??= this.world.every(() => this.#pulse(), PULSE_MS);
    const after = this.#seq === null ? '' : `?after=${this.#seq}`;
    const socket = this.world.open(this.world.url + after);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (this.#view !== null) this.#send(this.#view);
      if (this.#look !== null) this.#send(this.#look);
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(socket, event.code);
    this.#socket = socket;
  }

  /** The network is back: does not sit out a pause that began without it. */
  wake(): void {
    if (this.#state !== 'waiting') return;
    this.#attempt = 0;
    this.connect();
  }

  /** Closes for good. */
  close(): void {
    this.#cancelTimer();
    this.#stopPulse?.();
    this.#stopPulse = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    this.#become('ended');
  }

  /** Which part of the map positions are wanted for; remembered and said again after a reconnect. */
  view(bbox: [number, number, number, number], zoom: number, binary = true): void {
    this.#view = { type: 'view', bbox, zoom, binary };
    this.#send(this.#view);
  }

  /** What is open on this screen; remembered and said again after a reconnect. */
  look(at: { kind: LookedKind; id: Id } | null, typing: boolean): void {
    this.#look = { type: 'look', ...at, typing };
    this.#send(this.#look);
  }

  /** Tells the server that an offer is on the screen. False when there is no connection. */
  ack(delivery: Id): boolean {
    return this.#send({ type: 'ack', delivery });
  }

  /** Tells the server that the words of these messages are here. False when there is no connection. */
  got(messages: readonly Id[]): boolean {
    return this.#send({ type: 'got', messages });
  }

  /** Sends our own fixes of some seconds (tablet/batch.ts). False when there is no connection. */
  positions(frame: ArrayBuffer): boolean {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(frame);
    return true;
  }

  #send(frame: ClientFrame): boolean {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #hears(): void {
    this.#heardMs = this.world.now();
    this.#asked = false;
  }

  /** Whether anybody is at the other end still: a line that broke without a word is given up and opened anew. */
  #pulse(): void {
    const socket = this.#socket;
    if (socket === null) return;
    const silent = this.world.now() - this.#heardMs;
    // A computer that slept has heard nothing through no fault of the line: it asks first.
    const gone =
      this.#state === 'live' ? this.#asked && silent >= GONE_AFTER_MS : silent >= NO_ANSWER_MS;
    if (gone) {
      socket.close();
      this.#closed(socket, CLOSE_SILENT);
    } else if (this.#state === 'live' && silent >= ASK_AFTER_MS && !this.#asked) {
      this.#asked = this.#send({ type: 'ping' });
    }
  }

  #receive(data: unknown): void {
    this.#hears();
    if (data instanceof ArrayBuffer) {
      const frame = PositionFrame.read(data);
      if (frame !== null) this.listener.tile?.(frame);
      return;
    }
    if (typeof data === 'string') this.#frame(JSON.parse(data) as ServerFrame);
  }

  #frame(frame: ServerFrame): void {
    switch (frame.type) {
      case 'snapshot':
        this.#seq = frame.seq;
        this.#alive();
        this.listener.snapshot(frame);
        break;
      case 'resumed':
        this.#alive();
        this.listener.resumed?.(frame);
        break;
      case 'entry':
        if (this.#seq !== null && frame.seq <= this.#seq) return;
        this.#seq = frame.seq;
        this.listener.entry(frame);
        break;
      case 'positions':
        this.listener.positions?.(frame);
        break;
      case 'presence':
        this.listener.presence?.(frame);
        break;
      case 'error':
        this.listener.error?.(frame);
        break;
    }
  }

  #alive(): void {
    this.#attempt = 0;
    this.#become('live');
  }

  #closed(socket: WebSocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    if (code === CLOSE_SESSION_ENDED) {
      this.#become('ended');
      this.listener.sessionEnded?.();
      return;
    }
    if (code === CLOSE_BAD_FRAME) {
      // Something we hold is wrong: start from a fresh snapshot, without the view that may be to blame.
      this.#seq = null;
      this.#view = null;
    }
    this.#become('waiting');
    this.#timer = this.world.later(() => {
      this.#timer = null;
      this.connect();
    }, this.#pauseMs(code));
  }

  #pauseMs(code: number): number {
    const random = this.world.random();
    if (code === CLOSE_TOO_SLOW && this.#attempt === 0) {
      this.#attempt += 1;
      return Math.round(200 * random);
    }
    if (code === CLOSE_RESTART && this.#attempt < 3) {
      this.#attempt += 1;
      return Math.round(RESTART_DELAY_MS * (0.25 + 0.75 * random));
    }
    const pause = retryDelayMs(this.#attempt, random);
    this.#attempt += 1;
    return pause;
  }

  #cancelTimer(): void {
    if (this.#timer === null) return;
    this.world.cancel(this.#timer);
    this.#timer = null;
  }

  #become(state: Connection): void {
    if (this.#state === state) return;
    this.#state = state;
    this.listener.connection?.(state);
  }
}
