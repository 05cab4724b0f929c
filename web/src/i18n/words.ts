/** All words of a language: the shared ones and those of each screen. Indonesian gives the keys. */

import adminEn from './admin.en.json';
import adminId from './admin.id.json';
import conversationEn from './conversation.en.json';
import conversationId from './conversation.id.json';
import en from './en.json';
import id from './id.json';
import insightEn from './insight.en.json';
import insightId from './insight.id.json';
import loginEn from './login.en.json';
import loginId from './login.id.json';
import shieldEn from './shield.en.json';
import shieldId from './shield.id.json';
import tabletEn from './tablet.en.json';
import tabletId from './tablet.id.json';

<<<<<<< HEAD
export const indonesian = {
  ...id,
  ...loginId,
  ...tabletId,
  ...insightId,
  ...adminId,
  ...conversationId,
};
=======
export const indonesian = { ...id, ...loginId, ...tabletId, ...insightId, ...adminId, ...shieldId };
>>>>>>> c-shield
export const english: Record<string, string> = {
  ...en,
  ...loginEn,
  ...tabletEn,
  ...insightEn,
  ...adminEn,
<<<<<<< HEAD
  ...conversationEn,
=======
  ...shieldEn,
>>>>>>> c-shield
};
