/**
 * Indonesian words of the screens of the office, which every page loads; words.ts is the list of them. Those
 * of the commander's room and of the administration are brought by them (`teach`, insight/words.ts and
 * admin/words.ts).
 */

import type { indonesian } from './words';

const files = import.meta.glob<Record<string, string>>(
  [
    './*id.json',
    '!./lapor.id.json',
    '!./categories.id.json',
    '!./commander.id.json',
    '!./figures.id.json',
    '!./imports.id.json',
    '!./insight.id.json',
  ],
  { eager: true, import: 'default' },
);

export const words = Object.assign({}, ...Object.values(files)) as typeof indonesian;
