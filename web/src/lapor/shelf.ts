/** The queue's shelf: one IndexedDB table, in the order the items were made, photos included. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Item, Shelf } from './queue';

interface Table extends DBSchema {
  items: { key: number; value: Item; indexes: { key: string } };
}

function open(): Promise<IDBPDatabase<Table>> {
  return openDB<Table>('sigap-lapor', 1, {
    upgrade(db) {
      // The row number keeps the order; an item's own key keeps it from being stored twice.
      db.createObjectStore('items', { autoIncrement: true }).createIndex('key', 'key', {
        unique: true,
      });
    },
  });
}

/** Items on this telephone. Rejects when the browser forbids storage (private windows). */
export function shelf(): Shelf {
  let db: Promise<IDBPDatabase<Table>> | null = null;
  const table = () => (db ??= open());
  return {
    async all() {
      return (await table()).getAll('items');
    },
    async put(item) {
      const change = (await table()).transaction('items', 'readwrite');
      const row = await change.store.index('key').getKey(item.key);
      if (row === undefined) await change.store.add({ ...item });
      else await change.store.put({ ...item }, row);
      await change.done;
    },
    async remove(key) {
      const change = (await table()).transaction('items', 'readwrite');
      const row = await change.store.index('key').getKey(key);
      if (row !== undefined) await change.store.delete(row);
      await change.done;
    },
  };
}
