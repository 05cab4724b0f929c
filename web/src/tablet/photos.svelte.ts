/**
 * After-photos waiting for the network: on the shelf first, then to the server, oldest first. The
 * server takes a key once, so sending twice is harmless. Made smaller before they are kept: a crew's
 * data plan is short, and hidden data (where, which telephone) stays behind.
 */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { photos } from '../agencies';
import { Refused } from '../api';
import { t } from '../i18n';
import { exercise } from '../rehearsal/base';
import { live } from '../store/live.svelte';
import { toasts } from '../store/toasts.svelte';
import type { Id } from '../wire';
import { duty } from './duty.svelte';
import { outcomeOf } from './outbox';
import { uuid7 } from './reading';

interface Waiting {
  key: string;
  incident: Id;
  picture: Blob;
}
interface Shelf extends DBSchema {
  photos: { key: string; value: Waiting };
}

/** Longest side of what is sent, pixels, and the quality of its JPEG. */
const LONGEST = 2000;
const QUALITY = 0.85;
const AGAIN_MS = 5_000;

const open = (): Promise<IDBPDatabase<Shelf>> =>
  openDB<Shelf>(exercise === null ? 'sigap-photos' : 'sigap-photos-latihan', 1, {
    upgrade(db) {
      db.createObjectStore('photos', { keyPath: 'key' });
    },
  });

/** The size a picture is drawn at: its own, or with `LONGEST` on its longest side. Pure. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST / Math.max(width, height, 1));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

async function smaller(file: Blob): Promise<Blob> {
  try {
    const bitmap = await createImageBitmap(file);
    const size = fitted(bitmap.width, bitmap.height);
    const canvas = new OffscreenCanvas(size.width, size.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, size.width, size.height);
    bitmap.close();
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  } catch {
    return file;
  }
}

class Photos {
  /** Not yet with the server, oldest first. */
  waiting = $state.raw<readonly Waiting[]>([]);
  #db: Promise<IDBPDatabase<Shelf>> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;

  async load(): Promise<void> {
    const kept = await this.#shelf()
      .then((db) => db.getAll('photos'))
      .catch(() => []);
    const known = new Set(this.waiting.map(({ key }) => key));
    this.waiting = [...kept.filter(({ key }) => !known.has(key)), ...this.waiting];
    await this.drain();
  }

  async take(incident: Id, file: Blob): Promise<void> {
    const key = uuid7(live.serverMs(), crypto.getRandomValues(new Uint8Array(10)));
    const item = { key, incident, picture: await smaller(file) };
    // A browser that forbids storage still sends it now.
    await this.#shelf()
      .then((db) => db.put('photos', item))
      .catch(() => undefined);
    this.waiting = [...this.waiting, item];
    await this.drain();
  }

  async drain(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#sending) return;
    this.#sending = true;
    // "At the scene" must be with the server before what was seen there.
    while (duty.steps.length === 0) {
      const [first] = this.waiting;
      if (first === undefined || !(await this.#send(first))) break;
    }
    this.#sending = false;
    if (this.waiting.length > 0) this.#timer = setTimeout(() => void this.drain(), AGAIN_MS);
  }

  /** Whether it is settled: taken, or refused for good. */
  async #send(item: Waiting): Promise<boolean> {
    try {
      await photos.take(item.incident, item.key, item.picture);
      toasts.say(t('tablet.photo_sent'), 'good');
    } catch (error) {
      const status = error instanceof Refused ? error.problem.status : 0;
      const outcome = outcomeOf(status === 0 ? null : status);
      if (outcome.kind === 'later' || outcome.kind === 'signed_out') return false;
      toasts.refusal(error);
    }
    await this.#shelf()
      .then((db) => db.delete('photos', item.key))
      .catch(() => undefined);
    this.waiting = this.waiting.filter(({ key }) => key !== item.key);
    return true;
  }

  #shelf(): Promise<IDBPDatabase<Shelf>> {
    this.#db ??= open();
    return this.#db;
  }
}

export const afterPhotos = new Photos();
