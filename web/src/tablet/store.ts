/** The outbox's shelf: one IndexedDB table, in the order the steps were pressed. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { exercise } from '../rehearsal/base';
import type { StepStore } from './outbox';
import type { PendingStep } from './steps';

interface Shelf extends DBSchema {
  steps: { key: number; value: PendingStep; indexes: { key: string } };
}

/** Steps of an exercise are never sent to the office. */
const NAME = exercise === null ? 'sigap-tablet' : 'sigap-tablet-latihan';

function open(): Promise<IDBPDatabase<Shelf>> {
  return openDB<Shelf>(NAME, 1, {
    upgrade(db) {
      // The row number keeps the order pressed; a step's own key keeps it from being stored twice.
      db.createObjectStore('steps', { autoIncrement: true }).createIndex('key', 'key', {
        unique: true,
      });
    },
  });
}

/** Steps on this device. Rejects when the browser forbids storage (private windows). */
export function shelf(): StepStore {
  let db: Promise<IDBPDatabase<Shelf>> | null = null;
  const table = () => (db ??= open());
  return {
    async all() {
      return (await table()).getAll('steps');
    },
    async put(item) {
      await (await table()).add('steps', { ...item });
    },
    async remove(keys) {
      const change = (await table()).transaction('steps', 'readwrite');
      for (const key of keys) {
        const row = await change.store.index('key').getKey(key);
        if (row !== undefined) await change.store.delete(row);
      }
      await change.done;
    },
  };
}
