/**
 * Indonesian words of the screens of the office, which every page loads; words.ts is the list of them. Those
 * of the commander's room, of the administration and of the tablet are brought by them (`teach`,
 * insight/words.ts, admin/words.ts and tablet/words.ts).
 */

import type { indonesian } from './words';

const files = import.meta.glob<Record<string, string>>(
  [
    './*id.json',
    '!./lapor.id.json',
    '!./categories.id.json',
    '!./commander.id.json',
    '!./crew.id.json',
    '!./figures.id.json',
    '!./imports.id.json',
    '!./insight.id.json',
    '!./panels.id.json',
    '!./tablet.id.json',
  ],
  { eager: true, import: 'default' },
);

export const words = Object.assign({}, ...Object.values(files)) as typeof indonesian;
