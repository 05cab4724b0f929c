/** The panels of the administration screen, one line each; loaded when opened. */

import type { Component } from 'svelte';
import type { Key } from '../i18n';
import type { Me, Role } from '../wire';

export interface Panel {
  /** In the address: `/admin#units`. */
  id: string;
  /** Key of its name. */
  title: Key;
  /** Who may open it. */
  roles: readonly Role[];
  load: () => Promise<{ default: Component<{ me: Me }> }>;
}

export const PANELS: readonly Panel[] = [
  {
    id: 'health',
    title: 'health.title',
    roles: ['admin', 'supervisor'],
    load: () => import('./Health.svelte'),
  },
  { id: 'setup', title: 'setup.title', roles: ['admin'], load: () => import('./Setup.svelte') },
  { id: 'users', title: 'users.title', roles: ['admin'], load: () => import('./Users.svelte') },
  {
    id: 'plans',
    title: 'plans.title',
    roles: ['admin', 'supervisor', 'auditor'],
    load: () => import('./Plans.svelte'),
  },
  {
    id: 'categories',
    title: 'cats.title',
    roles: ['admin', 'supervisor', 'auditor'],
    load: () => import('./Categories.svelte'),
  },
  { id: 'units', title: 'admin.units', roles: ['admin'], load: () => import('./Units.svelte') },
  {
    id: 'articles',
    title: 'admin.articles',
    roles: ['admin', 'supervisor', 'auditor'],
    load: () => import('./Articles.svelte'),
  },
  {
    id: 'templates',
    title: 'admin.templates',
    roles: ['admin', 'supervisor', 'auditor'],
    load: () => import('./Templates.svelte'),
  },
  {
    id: 'outbox',
    title: 'admin.outbox',
    roles: ['supervisor', 'admin', 'auditor'],
    load: () => import('./Outbox.svelte'),
  },
  {
    id: 'blocks',
    title: 'blocks.title',
    roles: ['supervisor', 'operator', 'admin', 'auditor'],
    load: () => import('./Blocks.svelte'),
  },
  {
    id: 'agencies',
    title: 'agency.title',
    roles: ['admin', 'supervisor', 'operator', 'auditor'],
    load: () => import('./Agencies.svelte'),
  },
];

/** The panels a role may open, in order. */
export function panelsOf(role: Role): readonly Panel[] {
  return PANELS.filter((panel) => panel.roles.includes(role));
}

/** The panel an address names, when the role may open it; else the role's first one. */
export function panelOf(role: Role, hash: string): Panel | null {
  const own = panelsOf(role);
  return own.find((panel) => `#${panel.id}` === hash) ?? own[0] ?? null;
}
