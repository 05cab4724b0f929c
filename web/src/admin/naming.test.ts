import { expect, test } from 'vitest';
import type { Category, CategorySet } from '../wire';
import {
  codeIn,
  freePlace,
  mayRetire,
  movedBy,
  nameless,
  nameOf,
  styled,
  withOwn,
  without,
  wordsOf,
} from './naming';

const style = (code: Category, on_form = false) => ({
  code,
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

test('a category of the office takes the next free place of its kind', () => {
  const named = { ...style('own_police_1'), name_id: 'Balap liar' };
  const office: CategorySet = { items: [style('own_police_3'), named, style('sim')] };
  expect([freePlace(office, 'police'), freePlace(office, 'info')]).toEqual([
    'own_police_2',
    'own_info_1',
  ]);
  const next = withOwn(office, 'police');
  expect(codes(next).at(-1)).toBe('own_police_2');
  expect(freePlace(next, 'police')).toBe('own_police_4');
  expect(without(next, 'own_police_2')).toEqual(office);
});

test('its name must stand there, also when it had one', () => {
  const fresh = withOwn(set, 'info');
  expect(nameless(fresh)?.code).toBe('own_info_1');
  expect(nameless(styled(fresh, 'own_info_1', { name_id: 'Balai nikah' }))).toBeNull();
  expect(nameless(styled(fresh, 'own_info_1', { name_id: '  ' }))?.code).toBe('own_info_1');
  expect(nameless(set)).toBeNull();
});

test('when all places are taken nothing is added', () => {
  let full = set;
  for (let n = 0; n < 4; n += 1) full = withOwn(full, 'info');
  expect(freePlace(full, 'info')).toBeNull();
  expect(withOwn(full, 'info')).toBe(full);
});
