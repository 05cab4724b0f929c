import { expect, test } from 'vitest';
import type { Category, CategorySet } from '../wire';
import {
  codeIn,
  freeSlot,
  isFree,
  mayRetire,
  movedBy,
  nameless,
  nameOf,
  ownKind,
  styled,
  withOwn,
  wordsOf,
} from './naming';

const style = (code: string, on_form = false) => ({
  code: code as Category,
  name_id: null,
  name_en: null,
  on_form,
  retired: false,
  words: [],
});
const set: CategorySet = { items: [style('sim'), style('skck'), style('hewan', true)] };
const codes = (of: CategorySet) => of.items.map((one) => one.code);

test('one moves a place, and not beyond the ends', () => {
  expect(codes(movedBy(set, 'skck', -1))).toEqual(['skck', 'sim', 'hewan']);
  expect(codes(movedBy(set, 'skck', 1))).toEqual(['sim', 'hewan', 'skck']);
  expect(movedBy(set, 'sim', -1)).toBe(set);
  expect(movedBy(set, 'hewan', 1)).toBe(set);
});

test('what is retired leaves the form of citizens', () => {
  const next = styled(set, 'hewan', { retired: true });
  expect(next.items[2]).toMatchObject({ retired: true, on_form: false });
  expect(set.items[2]?.on_form).toBe(true);
  expect([mayRetire('belum_jelas'), mayRetire('hewan')]).toEqual([false, true]);
});

test("words stand between commas or lines, a name that is not typed is the program's", () => {
  expect(wordsOf(' ular  sanca, biawak;\nmonyet,,')).toEqual(['ular sanca', 'biawak', 'monyet']);
  expect([nameOf(''), nameOf('x')]).toEqual([null, 'x']);
});

test('a refusal names its category', () => {
  expect([codeIn('sim.words'), codeIn('sim'), codeIn(null), codeIn('')]).toEqual([
    'sim',
    'sim',
    null,
    null,
  ]);
});

test('a category of its own takes the next free slot of its kind, in front, and waits for its name', () => {
  const named = { ...style('own_police_1'), name_id: 'Tawuran' };
  const slots: CategorySet = { items: [...set.items, named] };
  expect([freeSlot(slots, 'police'), freeSlot(slots, 'info')]).toEqual([
    'own_police_2',
    'own_info_1',
  ]);
  const next = withOwn(slots, 'police');
  expect(codes(next)[0]).toBe('own_police_2');
  expect(nameless(next)?.code).toBe('own_police_2');
  expect(freeSlot(next, 'police')).toBe('own_police_3');
  expect(nameless(styled(next, 'own_police_2', { name_id: 'Parkir liar' }))).toBeNull();
  expect(styled(next, 'own_police_2', { name_id: null })).toEqual(slots);
  let full = slots;
  for (let n = 0; n < 8; n++) full = withOwn(withOwn(full, 'police'), 'info');
  expect([freeSlot(full, 'police'), freeSlot(full, 'info')]).toEqual([null, null]);
  expect(full.items.length).toBe(set.items.length + 12);
  expect(withOwn(full, 'info')).toBe(full);
});

test('no other category is one of the office', () => {
  expect([style('sim'), style('own_info_1')].map(isFree)).toEqual([false, true]);
  expect(['own_police_3', 'own_other_1', 'sim'].map(ownKind)).toEqual(['police', null, null]);
});
