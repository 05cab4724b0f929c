/** What a citizen has begun on this telephone. */

import { begun } from '../store/begun';

/** The report that is being written: it may be finished with or without an account. */
export const form = begun('sigap.lapor.form.');
/** Messages and reasons, by report: of the person who is signed in. */
export const messages = begun('sigap.lapor.message.');
