/**
 * The pages behind the first one: fetched as soon as that one stands, so that nobody waits for a map he did not ask
 * for, and turning to another page waits for nothing.
 */

import type { View } from './views';

const pages = {
  map: () => import('./MapPage.svelte'),
  work: () => import('./WorkPage.svelte'),
  coverage: () => import('./Coverage.svelte'),
  forecast: () => import('./Forecast.svelte'),
  report: () => import('./Report.svelte'),
} satisfies Record<Exclude<View, 'morning'>, () => Promise<unknown>>;

export const late = { ...pages, behind: () => import('./Behind.svelte') };

export function fetchLate(): void {
  // One that does not come now is asked for again when it is opened.
  for (const load of Object.values(late)) void load().catch(() => undefined);
}
