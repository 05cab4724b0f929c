/** Which parts of the service are not well, in the words of the desk. Pure. */

import { has, t } from '../i18n';

interface Found {
  code: string;
  level: string;
}

/** Codes of the health page by what a supervisor calls it. */
const PARTS: Record<string, string> = {
  store: 'store',
  disk: 'store',
  journal: 'store',
  backup: 'backup',
  whatsapp: 'whatsapp',
  signature: 'whatsapp',
  heard: 'whatsapp',
  templates: 'whatsapp',
  quality: 'whatsapp',
  outbox: 'outbox',
  dead: 'outbox',
  call_110: 'call110',
  units: 'units',
  clock: 'clock',
};

/** "Basis data, WhatsApp", the gravest first; what has no word of its own counts as the settings. */
export function affected(items: readonly Found[]): string {
  const names = items.map(({ code }) => {
    const word = `health.part.${PARTS[code] ?? 'other'}`;
    return has(word) ? t(word) : code;
  });
  return [...new Set(names)].join(', ');
}

/** What stands now; put away, it comes back when it is something else. */
export const stands = (items: readonly Found[]): string =>
  items.map(({ code, level }) => `${code} ${level}`).join('; ');
