/**
 * The sounds of the command center, made by WebAudio so that no file must load. Off is kept per browser.
 * Of several windows one sounds: whoever holds the lock. Browsers are silent until a page was touched.
 */

import { tone } from '../ui/tone';
import type { Chime } from './chimes';

const STORED = 'sigap.sound';
const LOCK = 'sigap.sound';

/** Hertz, begin and length in seconds. */
type Tone = readonly [hz: number, at: number, long: number];

const TONES: Record<Chime['kind'], readonly Tone[]> = {
  // Three rising pairs: heard through talk.
  p1: [
    [660, 0, 0.12],
    [880, 0.13, 0.18],
    [660, 0.42, 0.12],
    [880, 0.55, 0.18],
    [660, 0.84, 0.12],
    [988, 0.97, 0.3],
  ],
  // Two low knocks.
  expiring: [
    [440, 0, 0.09],
    [440, 0.16, 0.09],
  ],
  // A siren of two tones.
  panic: Array.from({ length: 8 }, (_, n): Tone => [n % 2 === 0 ? 960 : 720, n * 0.28, 0.27]),
};
const LOUDNESS: Record<Chime['kind'], number> = { p1: 0.4, expiring: 0.22, panic: 0.5 };

class Sounds {
  on = $state(localStorage.getItem(STORED) !== 'off');
  /** The browser lets us be heard. */
  heard = $state(false);
  #audio: AudioContext | null = null;
  #mine = typeof navigator === 'undefined' || navigator.locks === undefined;
  /** What was played last, for tests and for those who cannot hear it. */
  last = $state<Chime['kind'] | null>(null);

  set(on: boolean): void {
    this.on = on;
    localStorage.setItem(STORED, on ? 'on' : 'off');
    if (on) this.play('expiring');
  }

  /** Stands in line for being the window that sounds; the answer steps out of it. */
  start(): () => void {
    const leave = new AbortController();
    let free: () => void = () => {};
    if (!this.#mine && navigator.locks !== undefined) {
      const held = new Promise<void>((done) => {
        free = done;
      });
      navigator.locks
        .request(LOCK, { signal: leave.signal }, () => {
          this.#mine = true;
          return held;
        })
        .catch(() => {});
    }
    const touch = () => void this.#unlock();
    window.addEventListener('pointerdown', touch);
    window.addEventListener('keydown', touch);
    return () => {
      leave.abort();
      free();
      window.removeEventListener('pointerdown', touch);
      window.removeEventListener('keydown', touch);
    };
  }

  play(kind: Chime['kind']): void {
    if (!this.on || !this.#mine) return;
    this.last = kind;
    const audio = this.#audio;
    if (audio?.state !== 'running') return;
    for (const [hz, at, long] of TONES[kind])
      tone(audio, hz, audio.currentTime + at, long, LOUDNESS[kind]);
  }

  async #unlock(): Promise<void> {
    if (this.heard) return;
    try {
      this.#audio ??= new AudioContext();
      await this.#audio.resume();
      this.heard = this.#audio.state === 'running';
    } catch {
      this.heard = false;
    }
  }
}

export const sounds = new Sounds();
