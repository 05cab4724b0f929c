/** The keys of the call-taking form, and where Enter goes. Pure but for the form it walks. */

import type { CallNotes, Dismissal } from '../wire';

/** A form in which nothing was typed. */
export const EMPTY_NOTES: CallNotes = {
  what: '',
  where: '',
  category: null,
  priority: null,
  people: null,
  name: '',
  lng: null,
  lat: null,
};

export type FormKey =
  | { do: 'save' }
  | { do: 'divert' }
  | { do: 'hand-over' }
  | { do: 'close'; reason: Dismissal };

export interface FormPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Keys that no browser wants and no letter of a report is. */
const KEYS: Record<string, FormKey> = {
  F2: { do: 'divert' },
  F4: { do: 'hand-over' },
  F8: { do: 'close', reason: 'prank' },
  F9: { do: 'close', reason: 'silent' },
};

/** What a key press asks of the form; null when it is not the form's. */
export function keyOf(press: FormPress): FormKey | null {
  if (press.altKey || press.shiftKey) return null;
  if (press.ctrlKey || press.metaKey) return press.key === 'Enter' ? { do: 'save' } : null;
  return KEYS[press.key] ?? null;
}

/** The field after `from`; from the last one on to the first. */
export function nextField(form: HTMLElement, from: HTMLElement): HTMLElement | null {
  const fields = [...form.querySelectorAll<HTMLElement>('[data-field]')];
  const here = fields.indexOf(from);
  return here < 0 ? null : (fields[(here + 1) % fields.length] ?? null);
}
