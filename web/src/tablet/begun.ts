/** What a crew has begun to write on this tablet: notes by incident, answers by message of the desk. */

import { exercise } from '../rehearsal/base';
import { begun } from '../store/begun';

/** Words of an exercise are not the office's. */
const PREFIX = exercise === null ? 'sigap.tablet.begun.' : 'sigap.tablet.latihan.begun.';

export const drafts = begun(PREFIX);
