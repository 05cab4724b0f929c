/** Words of the administration, which no other screen loads. */

import { teach } from '../i18n';
import categories from '../i18n/categories.id.json';
import imports from '../i18n/imports.id.json';
import panels from '../i18n/panels.id.json';

teach({ ...categories, ...imports, ...panels });
