import { afterEach, expect, test } from 'vitest';
import { fitted, LEAST, most, store, stored, usual } from './panes';

afterEach(() => localStorage.clear());

test('the map keeps its least, however wide the panes are wanted', () => {
  for (const window of [1024, 1280, 1920, 3840]) {
    const { left, right } = fitted({ left: 5000, right: 5000 }, window);
    expect(window - left - right).toBeGreaterThanOrEqual(LEAST.middle);
    expect(fitted({ left: 0, right: 0 }, window)).toEqual({ left: LEAST.left, right: LEAST.right });
  }
});

test('one side grows until the map is at its least', () => {
  const widths = usual(1280);
  const left = most('left', widths, 1280);
  expect(fitted({ ...widths, left }, 1280)).toEqual({ ...widths, left });
  expect(1280 - left - widths.right).toBeGreaterThanOrEqual(LEAST.middle);
});

test('what a browser keeps is read back, what is broken is not', () => {
  expect(stored()).toBeNull();
  store({ left: 300, right: 400 });
  expect(stored()).toEqual({ left: 300, right: 400 });
  store(null);
  expect(stored()).toBeNull();
  for (const broken of ['{', '3', '{"left":"x","right":4}', '{"left":1}']) {
    localStorage.setItem('sigap.panes', broken);
    expect(stored()).toBeNull();
  }
});
