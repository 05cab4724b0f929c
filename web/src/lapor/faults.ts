/** The server's refusals in a citizen's words: its own sentences are for programmers. Pure. */

import type { Word } from './words';

/** What is known of a refusal; `status` null: nothing was heard. */
export interface Refusal {
  status: number | null;
  code: string;
  field: string;
}

const BY_CODE: Record<string, Word> = {
  blocked: 'fault.blocked',
  wrong_state: 'fault.wrong_state',
  wrong_code: 'enter.wrong',
  too_large: 'fault.too_large',
  too_many_pixels: 'fault.too_large',
  kind: 'fault.kind',
  unsupported_media_type: 'fault.kind',
  empty: 'fault.broken',
  broken: 'fault.broken',
  changed: 'fault.broken',
};
const BY_FIELD: Record<string, Word> = {
  text: 'fault.text',
  note: 'fault.text',
  lng: 'fault.place',
  lat: 'fault.place',
  accuracy_m: 'fault.place',
  phone: 'enter.bad_phone',
  file: 'fault.broken',
  'upload-length': 'fault.broken',
};

/** The word for it: by its code, by the field it is about, by its status. */
export function faultWord({ status, code, field }: Refusal): Word {
  if (status === null) return 'offline';
  const known = BY_CODE[code] ?? (status === 422 ? BY_FIELD[field] : undefined);
  if (known !== undefined) return known;
  if (status === 401) return 'fault.signed_out';
  if (status === 404) return 'fault.missing';
  if (status === 413) return 'fault.too_large';
  return status >= 500 ? 'fault.server' : 'fault.unknown';
}
