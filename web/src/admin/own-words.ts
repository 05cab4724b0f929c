/** Words only the administration needs: the other screens do not load them. */

import categories from '../i18n/categories.id.json';
import imports from '../i18n/imports.id.json';
import { words } from '../i18n/indonesian';

Object.assign(words, categories, imports);
