/** The outbox's shelf: one IndexedDB table, in the order things were pressed. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { exercise } from '../rehearsal/base';
import type { Shelf } from './outbox';
import type { Pending } from './pending';

interface Tables extends DBSchema {
  steps: { key: number; value: Pending; indexes: { key: string } };
}

/** Steps of an exercise are never sent to the office. */
const NAME = exercise === null ? 'sigap-tablet' : 'sigap-tablet-latihan';

function open(): Promise<IDBPDatabase<Tables>> {
  return openDB<Tables>(NAME, 1, {
    upgrade(db) {
      // The row number keeps the order pressed; its own key keeps a thing from being stored twice.
      db.createObjectStore('steps', { autoIncrement: true }).createIndex('key', 'key', {
        unique: true,
      });
    },
  });
}

/** What waits on this device. Rejects when the browser forbids storage (private windows). */
export function shelf(): Shelf {
  let db: Promise<IDBPDatabase<Tables>> | null = null;
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
