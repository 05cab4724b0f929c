import { afterEach, expect, test } from 'vitest';
import { lang, t } from '../i18n';
import { type CategorySet, COMMON_CATEGORIES } from '../wire';
import { categories } from './categories.svelte';

const plain = (): CategorySet => ({
  items: COMMON_CATEGORIES.map((code) => ({
    code,
    name_id: null,
    name_en: null,
    on_form: false,
    retired: false,
    words: [],
  })),
});

const changed = (): CategorySet => {
  const items = plain().items.map((style) => {
    if (style.code === 'kemacetan') return { ...style, name_id: 'Macet & padat', name_en: 'Jam' };
    return style.code === 'hewan' ? { ...style, retired: true } : style;
  });
  return { items: [...items].reverse() };
};

afterEach(async () => {
  categories.take(null);
  await lang.set('id');
});

test('without a word of the office everything is as the program says', () => {
  categories.take(null);
  expect(t('category.kemacetan')).toBe('Kemacetan');
  expect(categories.all).toEqual(COMMON_CATEGORIES);
  expect(categories.offered()).toEqual(COMMON_CATEGORIES);
  expect(categories.all.some((code) => code.startsWith('own_'))).toBe(false);
});

test('the office names, orders and retires; what carries a retired one keeps it', async () => {
  categories.take(changed());
  expect(t('category.kemacetan')).toBe('Macet & padat');
  expect(t('category.hewan')).toBe('Hewan');
  await lang.set('en');
  expect(t('category.kemacetan')).toBe('Jam');
  expect(lang.original('category.kemacetan')).toBe('Congestion');
  expect(categories.all[0]).toBe(COMMON_CATEGORIES.at(-1));
  expect(categories.offered()).not.toContain('hewan');
  expect(categories.offered('hewan')).toContain('hewan');
  expect(categories.all).toContain('hewan');
  categories.take(undefined);
  expect(t('category.kemacetan')).toBe('Congestion');
});

test('a matter of its own is offered once it has a name, and called so in both languages', async () => {
  const own = { name_en: null, on_form: true, retired: false, words: [] };
  const set = plain();
  set.items.unshift({ ...own, code: 'own_police_1', name_id: 'Balap liar' });
  set.items.push({ ...own, code: 'own_info_1', name_id: 'Titip rumah', retired: true });
  categories.take(set);
  expect(categories.offered()[0]).toBe('own_police_1');
  expect(categories.offered()).not.toContain('own_info_1');
  expect(categories.all).toContain('own_info_1');
  expect(categories.all).not.toContain('own_police_2');
  expect(t('category.own_police_1')).toBe('Balap liar');
  await lang.set('en');
  expect(t('category.own_police_1')).toBe('Balap liar');
});
