/**
 * All words of a language: the shared ones and those of each screen of the office. Indonesian gives the
 * keys. The citizen's page has words of its own: lapor/words.ts.
 */

import adminEn from './admin.en.json';
import adminId from './admin.id.json';
import administrationEn from './administration.en.json';
import administrationId from './administration.id.json';
import agenciesEn from './agencies.en.json';
import agenciesId from './agencies.id.json';
import callsEn from './calls.en.json';
import callsId from './calls.id.json';
import categoriesEn from './categories.en.json';
import categoriesId from './categories.id.json';
import centerEn from './center.en.json';
import centerId from './center.id.json';
import commanderEn from './commander.en.json';
import commanderId from './commander.id.json';
import conversationEn from './conversation.en.json';
import conversationId from './conversation.id.json';
import crewEn from './crew.en.json';
import crewId from './crew.id.json';
import crewdeskEn from './crewdesk.en.json';
import crewdeskId from './crewdesk.id.json';
import deskEn from './desk.en.json';
import deskId from './desk.id.json';
import en from './en.json';
import figuresEn from './figures.en.json';
import figuresId from './figures.id.json';
import id from './id.json';
import importsEn from './imports.en.json';
import importsId from './imports.id.json';
import insightEn from './insight.en.json';
import insightId from './insight.id.json';
import latihanEn from './latihan.en.json';
import latihanId from './latihan.id.json';
import lineEn from './line.en.json';
import lineId from './line.id.json';
import loginEn from './login.en.json';
import loginId from './login.id.json';
import mediaEn from './media.en.json';
import mediaId from './media.id.json';
import motionEn from './motion.en.json';
import motionId from './motion.id.json';
import panelsEn from './panels.en.json';
import panelsId from './panels.id.json';
import passingEn from './passing.en.json';
import passingId from './passing.id.json';
import roadsEn from './roads.en.json';
import roadsId from './roads.id.json';
import shieldEn from './shield.en.json';
import shieldId from './shield.id.json';
import tabletEn from './tablet.en.json';
import tabletId from './tablet.id.json';
import undoEn from './undo.en.json';
import undoId from './undo.id.json';

export const indonesian = {
  ...id,
  ...adminId,
  ...administrationId,
  ...agenciesId,
  ...callsId,
  ...categoriesId,
  ...centerId,
  ...conversationId,
  ...crewId,
  ...crewdeskId,
  ...deskId,
  ...figuresId,
  ...importsId,
  ...insightId,
  ...latihanId,
  ...commanderId,
  ...lineId,
  ...loginId,
  ...mediaId,
  ...motionId,
  ...panelsId,
  ...passingId,
  ...roadsId,
  ...shieldId,
  ...tabletId,
  ...undoId,
};
export const english: Record<string, string> = {
  ...en,
  ...adminEn,
  ...administrationEn,
  ...agenciesEn,
  ...callsEn,
  ...categoriesEn,
  ...centerEn,
  ...conversationEn,
  ...crewEn,
  ...crewdeskEn,
  ...deskEn,
  ...figuresEn,
  ...importsEn,
  ...insightEn,
  ...latihanEn,
  ...commanderEn,
  ...lineEn,
  ...loginEn,
  ...mediaEn,
  ...motionEn,
  ...panelsEn,
  ...passingEn,
  ...roadsEn,
  ...shieldEn,
  ...tabletEn,
  ...undoEn,
};
