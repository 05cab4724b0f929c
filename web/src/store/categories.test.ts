import { afterEach, expect, test } from 'vitest';
import { lang, t } from '../i18n';
import { CATEGORIES, type CategorySet } from '../wire';
import { categories } from './categories.svelte';

const plain = (): CategorySet => ({
  items: CATEGORIES.map((code) => ({
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
  expect(categories.all).toEqual(CATEGORIES);
  expect(categories.offered()).toEqual(CATEGORIES);
});

test('the office names, orders and retires; what carries a retired one keeps it', async () => {
  categories.take(changed());
  expect(t('category.kemacetan')).toBe('Macet & padat');
  expect(t('category.hewan')).toBe('Hewan');
  await lang.set('en');
  expect(t('category.kemacetan')).toBe('Jam');
  expect(lang.original('category.kemacetan')).toBe('Congestion');
  expect(categories.all[0]).toBe(CATEGORIES.at(-1));
  expect(categories.offered()).not.toContain('hewan');
  expect(categories.offered('hewan')).toContain('hewan');
  expect(categories.all).toContain('hewan');
  categories.take(undefined);
  expect(t('category.kemacetan')).toBe('Congestion');
});
