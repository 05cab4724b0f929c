import { expect, test } from 'vitest';
import { has } from '../i18n';
import { ROLES } from '../wire';
import { PANELS, panelOf, panelsOf } from './panels';

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
