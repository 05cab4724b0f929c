import { expect, test } from 'vitest';
import type { CategorySet } from '../wire';
import { codeIn, mayRetire, movedBy, nameOf, styled, wordsOf } from './naming';

const style = (code: 'sim' | 'skck' | 'hewan', on_form = false) => ({
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
