/** What is typed in the administration and not saved yet: kept, or asked about before it goes. */

import { onMount } from 'svelte';
import { Refused } from '../api';
import { t } from '../i18n';
import { unsaved, watchForm } from '../store/line.svelte';

/** In a component: `dirty` says whether something in it is not saved. */
export function guard(dirty: () => boolean): void {
  onMount(() => watchForm(dirty));
}

/** Whether nothing is lost by leaving, or whoever typed it agrees. */
export const mayLeave = (): boolean => !unsaved() || confirm(t('admin.unsaved_leave'));

/** Whether a save was refused because somebody else saved meanwhile. */
export const overtaken = (error: unknown): boolean =>
  error instanceof Refused && error.problem.code === 'stale';
