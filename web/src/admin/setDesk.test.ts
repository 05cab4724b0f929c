import { expect, test, vi } from 'vitest';
import { Refused } from '../api';
import { t } from '../i18n';
import './words';
import { type Counted, type Doors, SetDesk } from './setDesk.svelte';

type Names = string[];

/** A server with one set; `counts` is what it holds. */
function server(set: Names) {
  const held: Counted<Names> = { set, version: 1 };
  const refused = (code: string, status: number, field: string | null = null) =>
    new Refused({ status, code, title: '', detail: '', field });
  const doors: Doors<Names, number> = {
    get: () => Promise.resolve({ ...held }),
    preview: (next) => Promise.resolve(next.length),
    save: (next, version) => {
      if (version !== held.version) return Promise.reject(refused('stale', 409));
      if (next.includes('')) return Promise.reject(refused('invalid', 422, 'names[1]'));
      Object.assign(held, { set: next, version: version + 1 });
      return Promise.resolve({ ...held });
    },
    restore: () => Promise.resolve({ ...held }),
    history: () => Promise.resolve({ items: [] }),
  };
  return { held, doors };
}

async function opened(doors: Doors<Names, number>) {
  const desk = new SetDesk<Names, number>(doors, { nameOf: (field) => field && `Nama ${field}` });
  await vi.waitFor(() => expect(desk.view).not.toBeNull());
  return desk;
}

test('an edit is tried, saved, and counts', async () => {
  const { held, doors } = server(['a']);
  const desk = await opened(doors);
  expect(desk.dirty).toBe(false);
  desk.edit(['a', 'b']);
  await desk.look();
  expect([desk.dirty, desk.trial]).toEqual([true, 2]);
  await desk.save();
  expect([held.set, desk.dirty, desk.view?.version]).toEqual([['a', 'b'], false, 2]);
});

test('what is refused is named and stays as it was typed', async () => {
  const desk = await opened(server(['a']).doors);
  desk.edit(['a', '']);
  await desk.save();
  expect(desk.problem?.field).toBe('names[1]');
  expect(desk.problem?.text.startsWith('Nama names[1]: ')).toBe(true);
  expect(desk.set).toEqual(['a', '']);
});

test('what is missing is said before the server is asked', async () => {
  const { held, doors } = server(['a']);
  const desk = new SetDesk<Names, number>(doors, {
    nameOf: (field) => field,
    missing: (set) => (set.includes('') ? { field: 'names', text: 'Isi namanya.' } : null),
  });
  await vi.waitFor(() => expect(desk.view).not.toBeNull());
  desk.edit(['a', '']);
  await desk.save();
  expect([desk.problem?.text, held.version]).toEqual(['Isi namanya.', 1]);
});

test('somebody else saved: what was typed stays and can be saved over his', async () => {
  const { held, doors } = server(['a']);
  const desk = await opened(doors);
  desk.edit(['mine']);
  Object.assign(held, { set: ['his'], version: 2 });
  await desk.save();
  expect(desk.problem?.text).toBe(t('admin.stale'));
  expect([desk.set, desk.view?.set]).toEqual([['mine'], ['his']]);
  await desk.save();
  expect([held.set, held.version, desk.problem]).toEqual([['mine'], 3, null]);
});

test('an edit that is discarded is what counts again', async () => {
  const desk = await opened(server(['a']).doors);
  desk.edit(['b']);
  desk.discard();
  expect([desk.set, desk.dirty]).toEqual([['a'], false]);
});
