/**
 * Indonesian words of the screens of the office, which every page loads; words.ts is the list of them. Those
 * of the commander's room are brought by it (insight/words.ts).
 */

import type { indonesian } from './words';

const files = import.meta.glob<Record<string, string>>(
  [
    './*id.json',
    '!./lapor.id.json',
    '!./commander.id.json',
    '!./figures.id.json',
    '!./insight.id.json',
  ],
  { eager: true, import: 'default' },
);

export const words = Object.assign({}, ...Object.values(files)) as typeof indonesian;
