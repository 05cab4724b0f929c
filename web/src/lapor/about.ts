/** What a report can be about: the office says which and in which order; where it has no name of its own, ours. */

import type { Matter } from './api';

/** Words people use, shorter than those of the office; also what is offered without network. */
const OURS: Record<string, readonly [string, string]> = {
  laka_lantas: ['Kecelakaan', 'Accident'],
  kemacetan: ['Kemacetan', 'Congestion'],
  kejahatan: ['Kejahatan', 'Crime'],
  kekerasan: ['Kekerasan', 'Violence'],
  kamtibmas: ['Keributan', 'Disorder'],
  pohon_tumbang: ['Pohon tumbang', 'Fallen tree'],
  kebakaran: ['Kebakaran', 'Fire'],
  bencana: ['Banjir / bencana', 'Flood / disaster'],
  orang_hilang: ['Orang hilang', 'Missing person'],
  jalan_rusak: ['Jalan rusak', 'Broken road'],
};

/** Code, Indonesian word, English word. */
export type About = readonly [code: string, id: string, en: string];

export const USUAL: readonly About[] = Object.entries(OURS).map(([code, [id, en]]) => [
  code,
  id,
  en,
]);

/** As the office offers them. */
export const aboutOf = (matters: readonly Matter[]): About[] =>
  matters.map(({ code, name_id, name_en, own }) => {
    const [id, en] = OURS[code] ?? [name_id, name_id];
    return [code, own ? name_id : id, name_en ?? (own ? name_id : en)];
  });
