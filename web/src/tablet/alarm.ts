/**
 * The sound and the shaking of an offer, or of an urgent message. Two rising tones every 1.6 s until stopped, made by
 * WebAudio so that no file must load. Browsers keep it silent until the page was touched once.
 */

import { tone } from '../ui/tone';

const EVERY_MS = 1_600;
const TONES_HZ = [740, 988];
const TONE_S = 0.16;
const LOUDNESS = 0.5;

export class Alarm {
  #audio: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Whether the browser lets us be heard. */
  get allowed(): boolean {
    return this.#audio?.state === 'running';
  }

  /** Call from a touch: only then may a page make sound. */
  async unlock(): Promise<boolean> {
    try {
      this.#audio ??= new AudioContext();
      await this.#audio.resume();
    } catch {
      return false;
    }
    return this.allowed;
  }

  /** Rings until `stop`; harmless when ringing. */
  start(): void {
    if (this.#timer !== null) return;
    this.#ring();
    this.#timer = setInterval(() => this.#ring(), EVERY_MS);
  }

  /** Two falling tones, once: something to read. */
  once(): void {
    buzz([160, 90, 160]);
    this.#sound(TONES_HZ.toReversed());
  }

  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    buzz(0);
  }

  #ring(): void {
    buzz([250, 120, 250]);
    this.#sound(TONES_HZ);
  }

  #sound(tones: readonly number[]): void {
    const audio = this.#audio;
    if (audio?.state !== 'running') return;
    for (const [i, hz] of tones.entries())
      tone(audio, hz, audio.currentTime + i * TONE_S * 1.3, TONE_S, LOUDNESS);
  }
}

/** Shakes the tablet, where it can and may be shaken. */
function buzz(pattern: number | number[]): void {
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(pattern);
}
