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

test('a category of its own takes the next free slot of its kind, by number', () => {
  const named = { ...style('own_police_1'), name_id: 'Tawuran' };
  const slots: CategorySet = {
    items: [style('own_police_10'), named, style('own_info_1'), style('own_police_2')],
  };
  expect([freeSlot(slots, 'police'), freeSlot(slots, 'info')]).toEqual([
    'own_police_2',
    'own_info_1',
  ]);
  const next = withOwn(slots, 'police');
  expect(nameless(next)?.code).toBe('own_police_2');
  expect(freeSlot(next, 'police')).toBe('own_police_10');
  expect(nameless(styled(next, 'own_police_2' as Category, { name_id: 'Parkir liar' }))).toBeNull();
  const full = withOwn(withOwn(next, 'police'), 'info');
  expect([freeSlot(full, 'police'), freeSlot(full, 'info')]).toEqual([null, null]);
  expect(withOwn(full, 'info')).toBe(full);
});

test('a slot without a name is passed over, and no other category is one', () => {
  const slots: CategorySet = {
    items: [style('sim'), style('own_info_1'), style('own_info_2'), style('skck')],
  };
  expect(codes(movedBy(slots, 'skck', -1))).toEqual(['skck', 'own_info_1', 'own_info_2', 'sim']);
  expect(slots.items.map(isFree)).toEqual([false, true, true, false]);
  expect(['own_police_3', 'own_other_1', 'sim'].map(ownKind)).toEqual(['police', null, null]);
});
