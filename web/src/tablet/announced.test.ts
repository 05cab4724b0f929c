import { beforeEach, expect, test } from 'vitest';
import { Announced } from './announced';

const message = (id: string) => ({ id });

beforeEach(() => localStorage.clear());

test('a message is announced once, however often it is looked at', () => {
  const announced = new Announced();
  expect(announced.fresh([message('a')])).toEqual([message('a')]);
  expect(announced.fresh([message('a'), message('b')])).toEqual([message('b')]);
  expect(announced.fresh([message('a'), message('b')])).toEqual([]);
});

test('a reload does not sound what is still unread as new; what came meanwhile is', () => {
  new Announced().fresh([message('a')]);
  const reloaded = new Announced();
  expect(reloaded.fresh([message('a')])).toEqual([]);
  expect(reloaded.fresh([message('a'), message('b')])).toEqual([message('b')]);
});

test('a message whose words were late is not new a second time', () => {
  const announced = new Announced();
  announced.fresh([message('a')]);
  announced.fresh([message('b')]);
  expect(announced.fresh([message('a'), message('b')])).toEqual([]);
});

test('what is kept does not grow for ever', () => {
  const announced = new Announced();
  const many = Array.from({ length: 700 }, (_, i) => message(`m${i}`));
  announced.fresh(many);
  expect(JSON.parse(localStorage.getItem('sigap.tablet.announced') ?? '')).toHaveLength(500);
  expect(new Announced().fresh([message('m699')])).toEqual([]);
});

test('the next crew finds nothing of this one, and rubbish on the device harms nobody', () => {
  const announced = new Announced();
  announced.fresh([message('a')]);
  announced.forget();
  expect(localStorage).toHaveLength(0);
  for (const rubbish of ['{', '7', '[1,null]']) {
    localStorage.setItem('sigap.tablet.announced', rubbish);
    expect(new Announced().fresh([message('a')])).toEqual([message('a')]);
  }
});
