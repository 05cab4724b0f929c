import { expect, test } from 'vitest';
import { actionFor, focusOf } from './keys';

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

test('numbers and Enter offer the unit of that rank', () => {
  expect(actionFor(press('1'), 'page')).toEqual({ do: 'offer', rank: 0 });
  expect(actionFor(press('5'), 'page')).toEqual({ do: 'offer', rank: 4 });
  expect(actionFor(press('6'), 'page')).toBeNull();
  expect(actionFor(press('Enter'), 'page')).toEqual({ do: 'offer', rank: 0 });
});

test('while somebody types, only Esc is ours', () => {
  for (const key of ['n', '1', 'Enter', '/', '?'])
    expect(actionFor(press(key), 'field')).toBeNull();
  expect(actionFor(press('Escape'), 'field')).toEqual({ do: 'escape' });
});

test('Enter on a button presses the button, not the offer', () => {
  expect(actionFor(press('Enter'), 'button')).toBeNull();
});

test('shortcuts of the browser stay the browser’s', () => {
  expect(actionFor(press('n', { ctrlKey: true }), 'page')).toBeNull();
  expect(actionFor(press('1', { altKey: true }), 'page')).toBeNull();
});

test('Ctrl+K and Cmd+K open the command bar, also while somebody types', () => {
  expect(actionFor(press('k', { ctrlKey: true }), 'field')).toEqual({ do: 'bar' });
  expect(actionFor(press('K', { metaKey: true }), 'page')).toEqual({ do: 'bar' });
  expect(actionFor(press('k', { ctrlKey: true, altKey: true }), 'page')).toBeNull();
  expect(actionFor(press('k'), 'page')).toEqual({ do: 'tab', tab: 'incidents' });
});

test('X picks the open row, Shift with an arrow the next one too', () => {
  expect(actionFor(press('x'), 'page')).toEqual({ do: 'pick' });
  expect(actionFor(press('ArrowDown', { shiftKey: true }), 'page')).toEqual({
    do: 'pick_step',
    by: 1,
  });
  expect(actionFor(press('ArrowUp', { shiftKey: true }), 'button')).toEqual({
    do: 'pick_step',
    by: -1,
  });
  expect(actionFor(press('ArrowDown'), 'page')).toEqual({ do: 'step', by: 1 });
  expect(actionFor(press('x'), 'field')).toBeNull();
});

test('the focus is read from the element', () => {
  const row = document.createElement('button');
  expect(focusOf(row)).toBe('button');
  row.setAttribute('data-row', '');
  expect(focusOf(row)).toBe('page');
  const box = document.createElement('input');
  box.type = 'checkbox';
  expect(focusOf(box)).toBe('button');
  expect(focusOf(document.createElement('textarea'))).toBe('field');
  expect(focusOf(null)).toBe('page');
});
