/**
 * The tablet's own position: watched, thinned to one a second, sent over the socket.
 * Nothing is made up: without a fix from the device nothing is sent.
 */

import type { Fix } from '../wire';
import { fixOf, worthSending } from './fixes';

export type GpsState = 'waiting' | 'ok' | 'denied' | 'none' | 'insecure' | 'outside';

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
    this.#watch = navigator.geolocation.watchPosition(
      (raw) => this.#hear(raw),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) this.state = 'denied';
        else if (this.recent() === null) this.state = 'waiting';
      },
      { enableHighAccuracy: true, maximumAge: 1_000, timeout: 20_000 },
    );
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
  }

  /** The last fix while it is fresh, for the stamp of a step. */
  recent(nowMs: number = Date.now() + this.wiring.offsetMs()): Fix | null {
    if (this.fix === null || this.state !== 'ok') return null;
    return nowMs - Date.parse(this.fix.at) <= FRESH_MS ? this.fix : null;
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
