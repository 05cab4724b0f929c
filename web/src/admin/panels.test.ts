import './words';
import { expect, test } from 'vitest';
import { has } from '../i18n';
import { ROLES } from '../wire';
import { PANELS, panelOf, panelsOf } from './panels';
import { byUnit, moved, namesOf } from './trackers';

test('every panel has a name and a place in the address of its own', () => {
  expect(new Set(PANELS.map((panel) => panel.id)).size).toBe(PANELS.length);
  for (const panel of PANELS) expect([panel.id, has(panel.title)]).toEqual([panel.id, true]);
});

test('an address opens only what the role may open', () => {
  for (const role of ROLES) {
    for (const panel of PANELS) {
      const opened = panelOf(role, `#${panel.id}`);
      expect(opened === null || panelsOf(role).includes(opened)).toBe(true);
    }
  }
  expect(panelOf('admin', '#nothing')).toBe(PANELS[0]);
  expect(panelOf('patrol', '#units')).toBeNull();
});

const tracker = (device: string, unit_id: string) => ({
  device,
  unit_id,
  dialect: null,
  heard_at: null,
});

test('names of trackers are read line by line, each once, and never more than the server takes', () => {
  expect(namesOf(' 123456789012345 \n\ntablet-07\n123456789012345')).toEqual([
    '123456789012345',
    'tablet-07',
  ]);
  expect(namesOf('')).toEqual([]);
  expect(namesOf('a,b;c')).toEqual(['a', 'b', 'c']);
  expect(namesOf(Array.from({ length: 8 }, (_, n) => `t${n}`).join('\n'))?.length).toBe(8);
  expect(namesOf(Array.from({ length: 9 }, (_, n) => `t${n}`).join('\n'))).toBe(null);
  expect(namesOf('\u{1F694}'.repeat(64))?.length).toBe(1);
  expect(namesOf('\u{1F694}'.repeat(65))).toBe(null);
});

test('a tracker that would leave another unit is told of before it does', () => {
  const known = [tracker('a', 'u1'), tracker('b', 'u2'), tracker('c', 'u2')];
  expect([...byUnit(known)].map(([unit, own]) => [unit, own.map(({ device }) => device)])).toEqual([
    ['u1', ['a']],
    ['u2', ['b', 'c']],
  ]);
  expect(moved(['a', 'c', 'new'], 'u1', known).map(({ device }) => device)).toEqual(['c']);
});
