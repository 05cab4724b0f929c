/**
 * Indonesian words of the screens of the office, which every page loads; words.ts is the list of them.
 * What only the administration needs it brings along itself: admin/own-words.ts.
 */

import type { indonesian } from './words';

const files = import.meta.glob<Record<string, string>>(
  ['./*id.json', '!./lapor.id.json', '!./categories.id.json', '!./imports.id.json'],
  { eager: true, import: 'default' },
);

export const words = Object.assign({}, ...Object.values(files)) as typeof indonesian;
