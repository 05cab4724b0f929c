/**
 * What every live screen shares: who we are, the desk, the connection, and the server's clock.
 * The desk is replaced as a whole by the pure reducers; positions live beside it.
 */

import { api, door, Refused } from '../api';
import { exercise } from '../rehearsal/base';
import { type Connection, LiveSocket } from '../socket';
import type { EntryFrame, Id, Looker, Me } from '../wire';
import { clockMoved } from './clock';
import { applyEntry, type Desk, emptyDesk, fromSnapshot } from './desk';
import { PositionBook } from './positions';

/** A server that does not tell the time is asked again after this, ms. */
const ASK_TIME_AGAIN_MS = 15_000;

/** A page that did not tick for so long slept with its computer, ms; a hidden one ticks once a minute. */
const SLEPT_MS = 180_000;

type EntryEar = (frame: EntryFrame, desk: Desk) => void;

class Live {
  me = $state.raw<Me | null>(null);
  desk = $state.raw<Desk>(emptyDesk());
  connection = $state<Connection>('waiting');
  /** False until the first snapshot: lists show that they are loading. */
  ready = $state(false);
  /** Server time, milliseconds, ticking each second. */
  now = $state(Date.now());
  /** The session ran out under somebody who is still at the screen: he signs in again. */
  expired = $state(false);
  readonly positions = new PositionBook();
  /** Colleagues at their screens; empty until the first `look`. */
  presence = $state.raw<readonly Looker[]>([]);

  /** When the clock was set, by this device, what it was then ahead by, and how fast it runs. */
  #setMs = Date.now();
  #offsetMs = 0;
  #rate = 1;
  /** The same instant by a clock nobody can move. */
  #setSteadyMs = performance.now();
  #asking = false;
  #tickedMs = Date.now();
  #ears = new Set<EntryEar>();
  #socket: LiveSocket | null = null;
  #ticker: ReturnType<typeof setInterval> | undefined;

  /** Asks who we are, unless that is `known`, and opens the socket; null (and the login page) without a session. */
  async start(known?: Me): Promise<Me | null> {
    const asked = known === undefined ? api.session.get() : Promise.resolve(known);
    const me = await asked.catch((error) => {
      // An exercise that has ended, or one nobody let us into.
      const lost = error instanceof Refused && [403, 404].includes(error.problem.status);
      if (exercise !== null && lost) location.assign(`/latihan?hasil=${exercise}`);
      else door.leave();
      return null;
    });
    if (me === null) return null;
    this.me = me;
    this.#setClock(me.server_time);
    this.#tick();
    this.#open();
    window.addEventListener('online', this.#wake);
    return me;
  }

  /** Shows a desk of earlier until the server speaks; `serverMs` is its clock now, as far as is known. */
  recall(me: Me, desk: Desk, serverMs: number): void {
    if (this.ready) return;
    this.me = me;
    this.desk = desk;
    this.#offsetMs = serverMs - Date.now();
    this.#tick();
    this.ready = true;
  }

  /** From now on a session that runs out leads to no other page: what is typed here stays. */
  stay(): void {
    door.lost = () => {
      if (this.me !== null) this.expired = true;
      else door.leave();
    };
  }

  /** Signed in again on the spot. Somebody else gets a page of his own. */
  resume(who: Me): void {
    if (who.id !== this.me?.id) {
      location.reload();
      return;
    }
    this.me = who;
    this.#setClock(who.server_time);
    this.expired = false;
    this.#open();
  }

  /** Ends the session and goes to the login page. */
  async leave(): Promise<void> {
    this.stop();
    await api.session.close().catch(() => null);
    door.leave();
  }

  stop(): void {
    window.removeEventListener('online', this.#wake);
    this.#socket?.close();
    this.#socket = null;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  /** The socket, for views, acknowledgements and own positions. */
  get socket(): LiveSocket | null {
    return this.#socket;
  }

  /** Colleagues who have this open, each once; whoever types counts as typing. */
  lookersAt(id: Id): Looker[] {
    const found = new Map<Id, Looker>();
    for (const one of this.presence) {
      if (one.id !== id || one.user === this.me?.id) continue;
      const known = found.get(one.user);
      if (known === undefined || one.typing) found.set(one.user, one);
    }
    return [...found.values()];
  }

  /** The name of a colleague who is at a screen now. */
  nameOf(user: Id): string | null {
    return this.presence.find((one) => one.user === user)?.name ?? null;
  }

  /** Server time now, milliseconds since 1970. */
  serverMs(): number {
    return this.#setMs + this.#offsetMs + (Date.now() - this.#setMs) * this.#rate;
  }

  /** The clock of an exercise says this, and runs so many times faster than life; 0 stands still. */
  turn(at: string, rate: number): void {
    this.#rate = rate;
    this.#setClock(at);
  }

  /** Hears every entry after it was applied; the answer stops it. */
  onEntry(ear: EntryEar): () => void {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  readonly #wake = (): void => this.#socket?.wake();

  #tick(): void {
    this.now = this.serverMs();
    this.#ticker ??= setInterval(() => {
      this.now = this.serverMs();
      const moved = clockMoved(Date.now() - this.#setMs, performance.now() - this.#setSteadyMs);
      const slept = Math.abs(Date.now() - this.#tickedMs) > SLEPT_MS;
      this.#tickedMs = Date.now();
      if ((moved || slept) && this.#rate === 1) void this.#askTime();
    }, 1000);
  }

  /** The clock of this computer was moved, or slept: the server says what time it is. */
  async #askTime(): Promise<void> {
    if (this.#asking || exercise !== null) return;
    this.#asking = true;
    await api.session.get().then(
      (me) => this.#setClock(me.server_time),
      () => new Promise((done) => setTimeout(done, ASK_TIME_AGAIN_MS)),
    );
    this.#asking = false;
  }

  #setClock(serverTime: string): void {
    const server = Date.parse(serverTime);
    this.#setMs = Date.now();
    this.#setSteadyMs = performance.now();
    if (!Number.isNaN(server)) this.#offsetMs = server - this.#setMs;
    this.now = this.serverMs();
  }

  #open(): void {
    this.#socket ??= new LiveSocket({
      snapshot: (frame) => {
        this.#setClock(frame.at);
        this.desk = fromSnapshot(frame, this.desk);
        this.positions.hear(frame.fixes, performance.now());
        this.ready = true;
      },
      // It may have been away for a night.
      resumed: () => void this.#askTime(),
      entry: (frame) => {
        this.desk = applyEntry(this.desk, frame);
        for (const ear of this.#ears) ear(frame, this.desk);
        // An administrator may have renamed a category: the session says how they are called now.
        if (frame.kind === 'administered') void api.session.get().catch(() => null);
      },
      positions: (frame) => this.positions.hear(frame.items, performance.now()),
      tile: (frame) =>
        this.positions.hearTile(frame, this.desk.unitByNo, performance.now(), this.serverMs()),
      presence: ({ items }) => {
        this.presence = items;
      },
      connection: (state) => {
        this.connection = state;
        if (state !== 'live') this.presence = [];
      },
      sessionEnded: () => door.lost(),
    });
    this.#socket.connect();
  }
}

export const live = new Live();
