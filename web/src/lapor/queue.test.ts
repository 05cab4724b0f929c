import { expect, test } from 'vitest';
import {
  backoffS,
  type Item,
  type Outcome,
  outcomeOf,
  Queue,
  type Shelf,
  type Wire,
} from './queue';

function report(key: string, files: string[] = []): Item {
  return {
    key,
    report: null,
    text: `laporan ${key}`,
    category: null,
    lng: null,
    lat: null,
    accuracy_m: null,
    sent_at: '2026-11-21T02:00:00Z',
    files: files.map((name) => ({ name, type: 'image/jpeg', blob: new Blob([name]) })),
  };
}

/** A telephone and a server in arrays; `says` is asked before every request. */
function world(says: (what: string) => Outcome<never> | null = () => null) {
  const kept = new Map<string, Item>();
  const heard: string[] = [];
  const shelf: Shelf = {
    all: async () => [...kept.values()].map((item) => structuredClone(item)),
    put: async (item) => void kept.set(item.key, structuredClone(item)),
    remove: async (key) => void kept.delete(key),
  };
  const wire: Wire<string> = {
    async upload(file, note) {
      heard.push(file.url ? `resume ${file.name}` : `upload ${file.name}`);
      await note(`/v1/uploads/${file.name}`);
      return says(`upload ${file.name}`) ?? { kind: 'done', value: `id-${file.name}` };
    },
    async send(item) {
      heard.push(`send ${item.key}`);
      return says(`send ${item.key}`) ?? { kind: 'done', value: item.key };
    },
  };
  const sent: string[] = [];
  const open = () => new Queue(shelf, wire, undefined, (item) => sent.push(item.key));
  return { kept, heard, sent, open };
}

test('files go first, then the report, in the order they were made', async () => {
  const { heard, sent, kept, open } = world();
  const queue = open();
  await Promise.all([queue.add(report('a', ['1', '2'])), queue.add(report('b'))]);
  expect(await queue.drain()).toBe('empty');
  expect(heard).toEqual(['upload 1', 'upload 2', 'send a', 'send b']);
  expect([sent, kept.size]).toEqual([['a', 'b'], 0]);
});

test('without a network everything is kept, and a new visit sends it once', async () => {
  let online = false;
  const { heard, sent, kept, open } = world(() => (online ? null : { kind: 'later' }));
  expect(await open().add(report('a', ['1']))).toBe('later');
  expect([...kept.keys()]).toEqual(['a']);
  online = true;
  const next = open();
  await next.load();
  expect(await next.drain()).toBe('empty');
  expect(heard).toEqual(['upload 1', 'resume 1', 'send a']);
  expect(sent).toEqual(['a']);
});

test('a file that has come whole is not sent again when the report must wait', async () => {
  let tries = 0;
  const { heard, open } = world((what) =>
    what === 'send a' && tries++ === 0 ? { kind: 'later' } : null,
  );
  const queue = open();
  expect(await queue.add(report('a', ['1']))).toBe('later');
  expect(await queue.drain()).toBe('empty');
  expect(heard).toEqual(['upload 1', 'send a', 'send a']);
});

test('a refused report stays with its reason and does not hold back the next', async () => {
  const { sent, kept, open } = world((what) =>
    what === 'send a' ? { kind: 'refused', why: 'at most 10000 characters' } : null,
  );
  const queue = open();
  await queue.add(report('a'));
  await queue.add(report('b'));
  expect(sent).toEqual(['b']);
  expect(kept.get('a')?.refused).toBe('at most 10000 characters');
  expect((await queue.discard('a'))?.text).toBe('laporan a');
  expect([queue.items.length, kept.size]).toEqual([0, 0]);
});

test('a refused file is left out and the words still go; alone it refuses the report', async () => {
  const { sent, open } = world((what) =>
    what === 'upload virus' ? { kind: 'refused', why: 'only photos' } : null,
  );
  const queue = open();
  await queue.add(report('a', ['virus', 'photo']));
  expect(sent).toEqual(['a']);
  await queue.add({ ...report('b', ['virus']), text: ' ' });
  expect(sent).toEqual(['a']);
  expect(queue.items[0]?.refused).toBe('only photos');
});

test('who is signed out keeps everything, and nothing behind it overtakes', async () => {
  const { heard, kept, open } = world((what) =>
    what === 'send a' ? { kind: 'signed_out' } : null,
  );
  const queue = open();
  expect(await queue.add(report('a'))).toBe('signed_out');
  expect(await queue.add(report('b'))).toBe('signed_out');
  expect(heard).toEqual(['send a', 'send a']);
  expect(kept.size).toBe(2);
});

test('a key already waiting is one item', async () => {
  const { kept, open } = world(() => ({ kind: 'later' }));
  const queue = open();
  await queue.add(report('a'));
  await queue.add(report('a'));
  expect([queue.items.length, kept.size]).toEqual([1, 1]);
});

test('a telephone that forbids storage still reports', async () => {
  const sent: string[] = [];
  const forbidden: Shelf = {
    all: () => Promise.reject(new Error('no')),
    put: () => Promise.reject(new Error('no')),
    remove: () => Promise.reject(new Error('no')),
  };
  const memory = new Queue<string>(
    forbidden,
    {
      upload: async () => ({ kind: 'done', value: 'x' }),
      send: async (item) => ({ kind: 'done', value: item.key }),
    },
    undefined,
    (item) => sent.push(item.key),
  );
  await memory.load();
  expect(await memory.add(report('a'))).toBe('empty');
  expect(sent).toEqual(['a']);
});

test('what a status means', () => {
  for (const status of [null, 500, 503, 408, 423, 429])
    expect(outcomeOf(status, '').kind).toBe('later');
  expect(outcomeOf(401, '').kind).toBe('signed_out');
  for (const status of [400, 403, 404, 409, 413, 415, 422]) {
    expect(outcomeOf(status, 'w')).toEqual({ kind: 'refused', why: 'w' });
  }
  expect([0, 1, 9].map(backoffS)).toEqual([2, 4, 60]);
});
