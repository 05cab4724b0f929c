/**
 * The tablet's own position: watched, thinned to one a second, sent over the socket.
 * Nothing is made up: without a fix from the device nothing is sent.
 */

import type { Fix } from '../wire';
import { fixOf, worthSending } from './fixes';

export type GpsState = 'waiting' | 'ok' | 'denied' | 'none' | 'insecure' | 'outside';

/** A tablet that stands still hears no news from `watchPosition`: ask again, so that it is not lost. */
const ASK_MS = 15_000;
/** A fix older than this no longer says where we are. */
const FRESH_MS = 60_000;

interface Wiring {
  /** Server clock minus device clock, ms. */
  offsetMs(): number;
  /** False when there is no connection. */
  send(fix: Fix): boolean;
  /** Whether a fix belongs to this office; a demo city takes none from the real world. */
  belongs(fix: Fix): boolean;
}

export class Gps {
  state = $state<GpsState>('waiting');
  fix = $state.raw<Fix | null>(null);

  #watch: number | null = null;
  #asker: ReturnType<typeof setInterval> | undefined;
  #lastMs: number | null = null;

  constructor(private readonly wiring: Wiring) {}

  start(): void {
    if (!window.isSecureContext) {
      this.state = 'insecure';
      return;
    }
    if (!('geolocation' in navigator)) {
      this.state = 'none';
      return;
    }
    const hear = (raw: GeolocationPosition) => this.#hear(raw);
    const miss = (error: GeolocationPositionError) => this.#miss(error);
    const how = { enableHighAccuracy: true, maximumAge: 1_000, timeout: 20_000 };
    this.#watch = navigator.geolocation.watchPosition(hear, miss, how);
    this.#asker = setInterval(
      () => navigator.geolocation.getCurrentPosition(hear, () => {}, how),
      ASK_MS,
    );
  }

  /** After a reconnect: the last fix, when the server has not had it yet. */
  resend(): void {
    const fix = this.recent();
    if (fix === null) return;
    const atMs = Date.parse(fix.at) - this.wiring.offsetMs();
    if (worthSending(this.#lastMs, atMs) && this.wiring.send(fix)) this.#lastMs = atMs;
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    clearInterval(this.#asker);
  }

  /** The last fix while it is fresh, for the stamp of a step. */
  recent(nowMs: number = Date.now() + this.wiring.offsetMs()): Fix | null {
    if (this.fix === null || this.state !== 'ok') return null;
    return nowMs - Date.parse(this.fix.at) <= FRESH_MS ? this.fix : null;
  }

  #miss(error: GeolocationPositionError): void {
    if (error.code === error.PERMISSION_DENIED) this.state = 'denied';
    else if (this.recent() === null) this.state = 'waiting';
  }

  #hear(raw: GeolocationPosition): void {
    const fix = fixOf(raw, this.wiring.offsetMs());
    if (!this.wiring.belongs(fix)) {
      this.state = 'outside';
      return;
    }
    this.state = 'ok';
    this.fix = fix;
    if (worthSending(this.#lastMs, raw.timestamp) && this.wiring.send(fix)) {
      this.#lastMs = raw.timestamp;
    }
  }
}
