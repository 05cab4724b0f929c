/** Why a message did not go out, in words; the server keeps what the other side said. Pure. */

import { t } from '../i18n';

const REASONS = [
  [/no WhatsApp line/, 'outbox.why_no_line'],
  [/reporter was erased/, 'outbox.why_erased'],
  [/no WhatsApp address/, 'outbox.why_no_address'],
  [/service window/, 'outbox.why_window'],
  [/may go out later/, 'outbox.why_later'],
  [/code (190|401):/, 'outbox.why_token'],
  [/code 131026:/, 'outbox.why_number'],
] as const;

/** The sentence for what the server keeps; what nobody knows stays as it is. */
export function whyText(error: string | null): string {
  if (error === null || error === '') return '–';
  const known = REASONS.find(([sign]) => sign.test(error));
  if (known !== undefined) return t(known[1]);
  const code = /refused with code (\d+)/.exec(error)?.[1];
  return code === undefined ? error : t('outbox.why_code', { code });
}
