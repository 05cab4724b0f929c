import { expect, test } from 'vitest';
import { keyOf, nextField } from './callform';

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test('Ctrl+Enter saves and one key each diverts, hands over and closes', () => {
  expect(keyOf(press('Enter', { ctrlKey: true }))).toEqual({ do: 'save' });
  expect(keyOf(press('F2'))).toEqual({ do: 'divert' });
  expect(keyOf(press('F4'))).toEqual({ do: 'hand-over' });
  expect(keyOf(press('F8'))).toEqual({ do: 'close', reason: 'prank' });
  expect(keyOf(press('F9'))).toEqual({ do: 'close', reason: 'silent' });
});

test('letters, plain Enter and the keys of the browser are not the form’s', () => {
  for (const key of ['a', 'Enter', 'Tab', 'F5', 'F12', 'Escape'])
    expect(keyOf(press(key))).toBeNull();
  expect(keyOf(press('F4', { altKey: true }))).toBeNull();
  expect(keyOf(press('F2', { ctrlKey: true }))).toBeNull();
});

test('Enter goes from field to field and round', () => {
  const form = document.createElement('form');
  form.innerHTML = '<input data-field="a"><button>x</button><select data-field="b"></select>';
  const [a, b] = [...form.querySelectorAll<HTMLElement>('[data-field]')] as [
    HTMLElement,
    HTMLElement,
  ];
  expect(nextField(form, a)).toBe(b);
  expect(nextField(form, b)).toBe(a);
  expect(nextField(form, form)).toBeNull();
});
