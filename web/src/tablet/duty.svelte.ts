/**
 * What the tablet knows and does: own unit, own assignment, the steps still to be sent.
 * Reads the live desk; the screens read this. Steps go through the outbox, never straight out.
 */

import { api, Refused } from '../api';
import { exercise } from '../rehearsal/base';
import { emptyDesk } from '../store/desk';
import { live } from '../store/live.svelte';
import { toasts } from '../store/toasts.svelte';
import type {
  Assignment,
  Fix,
  Id,
  Incident,
  LngLat,
  MapConfig,
  Route,
  Step,
  Unit,
  UnitStatus,
} from '../wire';
import { announced } from './announced';
import { drafts } from './begun';
import { conflicts } from './conflicts.svelte';
import { countdown } from './countdown';
import { Gps, type GpsMode } from './gps.svelte';
import { left } from './guidance';
import { kept } from './kept';
import { backoffS, Outbox, outcomeOf } from './outbox';
import {
  isStep,
  type Pending,
  type PendingNote,
  type PendingRead,
  type PendingReply,
} from './pending';
import { uuid7 } from './reading';
import { said } from './said.svelte';
import { send, withTimeout } from './sending';
import {
  type EndedByOthers,
  endedByOthers,
  later,
  type PendingStep,
  seenState,
  stageOf,
  tooSoon,
} from './steps';
import { shelf } from './store';

/** How long an offer that ran out stays on the screen, for the crew to read what happened. */
const OVER_SHOWN_MS = 4_000;
const PANIC_RETRY_MS = 2_000;
/** The last state is kept with every change, and this often without one, for its age. */
const KEEP_EVERY_MS = 60_000;
const PANIC_SETTLE_MS = 3_000;

/** What is put into the outbox, before it has a key and a time. */
export type Unkeyed =
  | Omit<PendingStep, 'key' | 'at'>
  | Omit<PendingNote, 'key' | 'at'>
  | Omit<PendingReply, 'key' | 'at'>
  | Omit<PendingRead, 'key' | 'at'>;

class Duty {
  pending = $state.raw<readonly Pending[]>([]);
  /** Server time in ms, five times a second while an offer counts down, else once. */
  now = $state(live.serverMs());
  route = $state.raw<Route | null>(null);
  config = $state.raw<MapConfig | null>(null);
  /** A word about an assignment that others ended; null when read. */
  ended = $state.raw<{ id: Id; how: EndedByOthers } | null>(null);
  statusWanted = $state<UnitStatus | null>(null);
  /** What the crew wants the emergency signal to be, until the server agrees. */
  panicWanted = $state<boolean | null>(null);
  online = $state(navigator.onLine);
  /** When the server was last heard, milliseconds of its clock; null before that. */
  asOf = $state<number | null>(null);

  readonly gps = new Gps({
    offsetMs: () => live.serverMs() - Date.now(),
    send: (frame) => live.socket?.positions(frame) ?? false,
    urgent: () => this.urgent,
    belongs: (fix) => this.#belongs(fix),
  });

  #confirmed = $state.raw<ReadonlyMap<Id, Assignment>>(new Map());
  #lastPressMs: number | null = null;
  #keptMs = 0;
  #keptDesk: unknown = null;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #shown: { id: Id; state: Assignment['state'] } | null = null;

  readonly #outbox = new Outbox(
    shelf(),
    (item) =>
      send(item, (now) => {
        this.#confirmed = new Map(this.#confirmed).set(now.id, now);
      }),
    (items) => {
      this.pending = items;
    },
    (item, why, voided) => {
      // That a message was read before it was forgotten concerns nobody any more.
      if (item.kind !== 'read') conflicts.add({ item, why, voided });
    },
  );

  /** Steps the server has not confirmed. */
  readonly steps = $derived(this.pending.filter(isStep));

  // --- what is read -----------------------------------------------------------------------------

  readonly unit = $derived.by((): Unit | null => {
    const id = live.me?.unit_id;
    return id ? (live.desk.units.get(id) ?? null) : null;
  });

  /** The own assignment as far as it is known: the desk's telling or a later answer to a step. */
  readonly assignment = $derived.by((): Assignment | null => {
    const unit = this.unit;
    if (unit === null) return null;
    const mine = [...live.desk.assignments.values()]
      .filter((one) => one.unit === unit.id)
      .map((one) => later(one, this.#confirmed.get(one.id) ?? one))
      .filter((one) => stageOf(one.state) !== 'idle')
      .sort((a, b) => (a.stamps.offered_at < b.stamps.offered_at ? 1 : -1));
    return mine.find((one) => one.id === unit.assignment) ?? mine[0] ?? null;
  });

  readonly incident = $derived.by((): Incident | null => {
    const id = this.assignment?.incident;
    return id ? (live.desk.incidents.get(id) ?? null) : null;
  });

  readonly clock = $derived.by(() => {
    const one = this.assignment;
    return one === null ? null : countdown(one.stamps.offered_at, one.expires_at, this.now);
  });

  readonly stage = $derived.by(() => {
    const one = this.assignment;
    if (one === null) return 'idle' as const;
    const stage = stageOf(seenState(one, this.steps));
    const overdue = stage === 'offer' && this.now > Date.parse(one.expires_at) + OVER_SHOWN_MS;
    return overdue ? ('idle' as const) : stage;
  });

  /** What is left of the way, counted on the tablet itself: asking the server anew costs data. */
  readonly ahead = $derived.by(() => {
    const { route, stage } = this;
    if (route === null) return null;
    const here = stage === 'accepted' || stage === 'en_route' ? this.gps.fix : null;
    return here === null ? { metres: route.metres, secs: route.secs } : left(route, here);
  });

  readonly connected = $derived(live.connection === 'live' && this.online);

  /** Each second of our position counts. */
  readonly urgent = $derived(
    this.stage !== 'idle' || this.panicWanted === true || this.unit?.emergency === true,
  );

  /** How closely we look where we are: what the state of the crew is worth in battery. */
  readonly gpsMode = $derived.by((): GpsMode => {
    // The car of an exercise drives by itself; where the classroom is says nothing.
    if (exercise !== null) return 'off';
    if (this.urgent) return 'exact';
    const status = this.unit?.status ?? 'available';
    if (status === 'off_duty') return 'off';
    return status === 'break' || status === 'out_of_service' ? 'rough' : 'exact';
  });

  /** The signal as the crew must see it: what it wants wins over what the server last said. */
  readonly panic = $derived.by((): 'off' | 'on' | 'unsent' => {
    const known = this.unit?.emergency ?? false;
    if (this.panicWanted === null || this.panicWanted === known) return known ? 'on' : 'off';
    return this.panicWanted ? 'unsent' : 'on';
  });

  // --- what is done -----------------------------------------------------------------------------

  /** Starts the machinery; the answer stops it. */
  start(): () => void {
    const tick = setInterval(() => {
      const now = live.serverMs();
      // Only the countdown of an offer needs more than a tick each second. The clock of an exercise may stand
      // behind that of the device, which counted until the session was known.
      if (this.stage !== 'offer' && Math.abs(now - this.now) < 950) return;
      this.now = now;
      this.#keep();
    }, 200);
    const back = () => {
      this.online = navigator.onLine;
      if (this.online) void this.drain();
    };
    window.addEventListener('online', back);
    window.addEventListener('offline', back);
    void this.#outbox
      .load()
      .catch(() => undefined)
      .then(() => this.drain());
    this.gps.want(this.gpsMode);
    return () => {
      clearInterval(tick);
      clearTimeout(this.#retry);
      window.removeEventListener('online', back);
      window.removeEventListener('offline', back);
      this.gps.stop();
    };
  }

  /** Shows what an earlier run of this page kept; false when there is nothing to show. */
  async recall(): Promise<boolean> {
    const last = await kept.read();
    if (last === null || live.ready) return false;
    const byId = <T extends { id: Id }>(items: readonly T[]) =>
      new Map(items.map((one) => [one.id, one]));
    const desk = {
      ...emptyDesk(),
      polres: last.me.office.code,
      units: byId(last.units),
      assignments: byId(last.assignments),
      incidents: byId(last.incidents),
      closures: byId(last.closures),
      messages: byId(last.messages ?? []),
    };
    said.put(last.said ?? []);
    live.recall(last.me, desk, last.atMs + Date.now() - last.deviceMs);
    this.asOf = last.atMs;
    this.route = last.route;
    return true;
  }

  /** Ends the session; the next crew finds nothing of this one. */
  async leave(): Promise<void> {
    await kept.forget();
    conflicts.forget();
    drafts.forget();
    announced.forget();
    if (exercise !== null) location.assign('/latihan');
    else await live.leave();
  }

  /** Keeps what is shown, while it is what the server says. */
  #keep(): void {
    const me = live.me;
    if (me === null || live.connection !== 'live') return;
    this.asOf = this.now;
    const { desk } = live;
    if (desk === this.#keptDesk && this.now - this.#keptMs < KEEP_EVERY_MS) return;
    [this.#keptDesk, this.#keptMs] = [desk, this.now];
    void kept.write({
      atMs: this.now,
      deviceMs: Date.now(),
      me,
      seq: desk.seq,
      units: [...desk.units.values()],
      assignments: [...desk.assignments.values()],
      incidents: [...desk.incidents.values()],
      closures: [...desk.closures.values()],
      messages: [...desk.messages.values()],
      said: [...said.words].filter(([id]) => desk.messages.has(id)),
      route: this.route,
    });
  }

  /** Takes a step: on the shelf first, then to the server. A double tap counts once. */
  press(step: Step, reason?: string): void {
    const one = this.assignment;
    if (one === null || tooSoon(this.#lastPressMs, Date.now())) return;
    this.#lastPressMs = Date.now();
    const here = this.gps.recent();
    this.queue({
      kind: 'step',
      assignment: one.id,
      incident: one.incident,
      step,
      ...(here === null ? {} : { lng: here.lng, lat: here.lat }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Puts something into the outbox, with a key that sends it once. */
  queue(item: Unkeyed): void {
    const at = live.serverMs();
    const key = uuid7(at, crypto.getRandomValues(new Uint8Array(10)));
    const whole = { ...item, key, at: new Date(at).toISOString() } as Pending;
    void this.#outbox.add(whole).then((how) => this.#after(how.kind));
  }

  /** Asks another crew to take the job over; the same key asks once. */
  async handTo(unit: Id, key: string, reason: string): Promise<boolean> {
    const one = this.assignment;
    if (one === null) return false;
    try {
      await withTimeout(api.assignments.transfer(one.id, unit, key, reason));
      return true;
    } catch (error) {
      toasts.refusal(error);
      return false;
    }
  }

  async drain(): Promise<void> {
    this.#after((await this.#outbox.drain()).kind);
  }

  /** Sets the own status; shows the wish until the desk follows. */
  async setStatus(status: UnitStatus): Promise<void> {
    const unit = this.unit;
    if (unit === null || unit.status === status) return;
    this.statusWanted = status;
    try {
      await api.units.status(unit.id, status);
    } catch (error) {
      toasts.refusal(error);
    } finally {
      this.statusWanted = null;
    }
  }

  /** Sends the emergency signal until the server has it. */
  async setPanic(on: boolean): Promise<void> {
    this.panicWanted = on;
    while (this.panicWanted === on) {
      const unit = live.me?.unit_id;
      if (!unit) return;
      try {
        await withTimeout(api.units.emergency(unit, on));
        if (this.panicWanted === on) this.#panicSettled(on);
        return;
      } catch (error) {
        if (error instanceof Refused && isFinal(error.problem.status)) {
          this.panicWanted = null;
          toasts.refusal(error);
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PANIC_RETRY_MS));
    }
  }

  /** Tells the server that the offer is on this screen. Call again after a reconnect: harmless. */
  acknowledge(): void {
    const one = this.assignment;
    if (one?.state === 'offered') live.socket?.ack(one.id);
  }

  /** Loads the way of an assignment from where we are; keeps the old one while the network is away. */
  async loadRoute(assignment: Id): Promise<void> {
    const route = await api.assignments.route(assignment, this.gps.recent()).catch(() => null);
    if (this.assignment?.id !== assignment || route === null) return;
    this.route = route;
    this.#keptDesk = null;
  }

  /** Where we are by the device, else by the last fix the server told, else our post. */
  get here(): LngLat | null {
    const unit = this.unit;
    if (unit === null) return null;
    return this.gps.recent() ?? live.positions.at(unit.id, performance.now()) ?? unit.post;
  }

  /** Remembers what is on the screen, so that its end by others is told and not just gone. */
  watchEnd(): void {
    const before = this.#shown;
    const one = this.assignment;
    if (before !== null && before.id !== one?.id) {
      const now = live.desk.assignments.get(before.id);
      const how = now === undefined ? 'released' : endedByOthers(now.state);
      if (how !== null) this.ended = { id: before.id, how };
    }
    if (one !== null && before?.id !== one.id) this.ended = null;
    this.#shown = one === null ? null : { id: one.id, state: one.state };
  }

  #after(how: 'empty' | 'later' | 'signed_out'): void {
    clearTimeout(this.#retry);
    if (how === 'empty') {
      this.#failures = 0;
      return;
    }
    this.#retry = setTimeout(() => void this.drain(), backoffS(this.#failures) * 1000);
    this.#failures += 1;
  }

  /** The answer is there; the entry may follow. The wish stays until the desk says the same. */
  #panicSettled(on: boolean): void {
    if ((this.unit?.emergency ?? false) === on) this.panicWanted = null;
    else {
      setTimeout(() => {
        if (this.panicWanted === on) this.panicWanted = null;
      }, PANIC_SETTLE_MS);
    }
  }

  #belongs(fix: Fix): boolean {
    const bounds = this.config?.bounds;
    if (!live.me?.demo || bounds === undefined) return true;
    const [west, south, east, north] = bounds;
    return fix.lng >= west && fix.lng <= east && fix.lat >= south && fix.lat <= north;
  }
}

/** Answers that another try would not change. */
function isFinal(status: number): boolean {
  return outcomeOf(status === 0 ? null : status).kind !== 'later';
}

export const duty = new Duty();
