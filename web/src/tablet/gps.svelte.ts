/**
 * The tablet's own position: watched as closely as the crew's state asks for, thinned to one a second,
 * sent over the socket a few at a time; at once while there is a job or the emergency signal is on.
 * Nothing is made up: without a fix from the device nothing is sent.
 */

import type { Fix } from '../wire';
import { Gathered, PATROL_MS } from './batch';
import { fixOf, type RawPosition, stillThere, worthSending } from './fixes';

export type GpsState = 'waiting' | 'ok' | 'denied' | 'none' | 'insecure' | 'outside' | 'off';

/** How closely to look: not at all (off duty), roughly and seldom (a break), as well as the device can. */
export type GpsMode = 'off' | 'rough' | 'exact';

/** A tablet that stands still hears no news from `watchPosition`: ask again, so that it is not lost. */
const ASK_MS = 15_000;
/** On a break the server need only know that the crew is not lost. */
const ASK_ROUGH_MS = 45_000;
/** A fix older than this no longer says where we are. */
const FRESH_MS = 60_000;

const HOW: Record<Exclude<GpsMode, 'off'>, PositionOptions> = {
  exact: { enableHighAccuracy: true, maximumAge: 1_000, timeout: 20_000 },
  // The network's guess costs next to no battery.
  rough: { enableHighAccuracy: false, maximumAge: 30_000, timeout: 20_000 },
};

interface Wiring {
  /** Server clock minus device clock, ms. */
  offsetMs(): number;
  /** A frame of positions; false when there is no connection. */
  send(frame: ArrayBuffer): boolean;
  /** Each second counts: a job, or the emergency signal. */
  urgent(): boolean;
  /** Whether a fix belongs to this office; a demo city takes none from the real world. */
  belongs(fix: Fix): boolean;
}

export class Gps {
  state = $state<GpsState>('waiting');
  fix = $state.raw<Fix | null>(null);

  #mode: GpsMode = 'off';
  #watch: number | null = null;
  #asker: ReturnType<typeof setInterval> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #lastMs: number | null = null;
  #kept: Fix | null = null;
  readonly #gathered = new Gathered();

  constructor(private readonly wiring: Wiring) {}

  /** Looks as closely as asked; the same wish again changes nothing. */
  want(mode: GpsMode): void {
    if (mode === this.#mode) return;
    this.#rest();
    this.#mode = mode;
    if (mode === 'off') this.state = 'off';
    else this.#look(mode);
  }

  stop(): void {
    this.#rest();
    clearTimeout(this.#later);
    this.#mode = 'off';
  }

  /** Sends what was gathered: after a reconnect, or when each second begins to count. */
  flush(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (this.#gathered.count > 0) this.#gathered.flush(this.wiring.send, Date.now());
  }

  /** The last fix while it is fresh, for the stamp of a step. */
  recent(nowMs: number = Date.now() + this.wiring.offsetMs()): Fix | null {
    if (this.fix === null || this.state !== 'ok') return null;
    return nowMs - Date.parse(this.fix.at) <= FRESH_MS ? this.fix : null;
  }

  #look(mode: Exclude<GpsMode, 'off'>): void {
    if (!window.isSecureContext) {
      this.state = 'insecure';
      return;
    }
    if (!('geolocation' in navigator)) {
      this.state = 'none';
      return;
    }
    if (this.state === 'off') this.state = 'waiting';
    const hear = (raw: GeolocationPosition) => this.hear(raw);
    const miss = (error: GeolocationPositionError) => this.#miss(error);
    const how = HOW[mode];
    if (mode === 'exact') this.#watch = navigator.geolocation.watchPosition(hear, miss, how);
    else navigator.geolocation.getCurrentPosition(hear, miss, how);
    this.#asker = setInterval(
      () => navigator.geolocation.getCurrentPosition(hear, () => {}, how),
      mode === 'exact' ? ASK_MS : ASK_ROUGH_MS,
    );
  }

  #rest(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    clearInterval(this.#asker);
  }

  #miss(error: GeolocationPositionError): void {
    if (error.code === error.PERMISSION_DENIED) this.state = 'denied';
    else if (this.recent() === null) this.state = 'waiting';
  }

  /** A position of the device. */
  hear(raw: RawPosition): void {
    if (this.#mode === 'off') return;
    const fix = fixOf(raw, this.wiring.offsetMs());
    if (!this.wiring.belongs(fix)) {
      this.state = 'outside';
      return;
    }
    this.state = 'ok';
    this.fix = fix;
    if (!worthSending(this.#lastMs, raw.timestamp)) return;
    this.#lastMs = raw.timestamp;
    const urgent = this.wiring.urgent();
    if (!urgent && stillThere(this.#kept, fix)) return;
    this.#kept = fix;
    if (this.#gathered.add(fix, Date.now(), urgent)) this.flush();
    else this.#later ??= setTimeout(() => this.flush(), PATROL_MS);
  }
}
