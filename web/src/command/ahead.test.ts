import { expect, test } from 'vitest';
import { tools } from './tools.svelte';

function press(key: string, more: KeyboardEventInit = {}): boolean {
  return tools.typeAhead(new KeyboardEvent('keydown', { key, ...more }));
}

test('what is typed before the bar stands is its first letters, and Enter is remembered', () => {
  tools.openBar();
  for (const key of ['s', 'i', 'x', 'Backspace', 't', 'i', ' ']) expect(press(key)).toBe(true);
  expect(tools.ahead).toEqual({ text: 'siti ', enter: false });
  expect(press('Enter')).toBe(true);
  expect(tools.ahead.enter).toBe(true);
});

test('orders of the browser are none of its letters, and each opening begins anew', () => {
  tools.openBar();
  expect(press('r', { ctrlKey: true })).toBe(false);
  expect(press('ArrowDown')).toBe(false);
  expect(tools.ahead.text).toBe('');
  press('a');
  tools.openBar();
  expect(tools.ahead).toEqual({ text: '', enter: false });
});
