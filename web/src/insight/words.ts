/** Words of the commander's room, which no other screen loads. */

import { teach } from '../i18n';
import commander from '../i18n/commander.id.json';
import figures from '../i18n/figures.id.json';
import insight from '../i18n/insight.id.json';

teach({ ...commander, ...figures, ...insight });
