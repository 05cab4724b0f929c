/** The tablet's own Indonesian words: no other screen loads them. Imported before anything says one. */

import { teach } from '../i18n';
import crew from '../i18n/crew.id.json';
import tablet from '../i18n/tablet.id.json';

teach({ ...tablet, ...crew });
