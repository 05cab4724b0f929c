/** The doors of the rehearsal room, and what its screens say in words. */

import { request } from '../api';
import { t } from '../i18n';
import { clockText } from '../store/clock';
import type { Asked, Category, Id, LngLat, Priority, Told } from '../wire';
import type { components } from '../wire.gen';

type Schemas = components['schemas'];
export type Rehearsal = Told<Schemas['RehearsalView']>;
export type RehearsalRoom = Told<Schemas['RehearsalRoom']>;
export type ResultLine = Told<Schemas['ResultLine']>;
export type Result = Told<Schemas['ExerciseResult']>;
export type Card = Told<Schemas['Card']>;
export type Figure = Told<Schemas['ScoreFigure']>;
export type Behind = Told<Schemas['Behind']>;
export type NewRehearsal = Asked<Schemas['NewRehearsal']>;

/** Speeds that are offered; 0 is the pause. */
export const SPEEDS = [1, 2, 5, 10, 20, 60] as const;

/** Something the trainer lets happen. */
export interface Injected {
  text: string;
  /** He telephones 110; the words are what he says when somebody answers. */
  telephones: boolean;
  at: LngLat | null;
  category: Category | null;
  priority: Priority | null;
}

const at = (id: Id, more = ''): string => `/v1/rehearsals/${id}${more}`;

export const rehearsals = {
  room: () => request<RehearsalRoom>('GET', '/v1/rehearsals'),
  /** One that is under way; null when it has ended. */
  get: async (id: Id): Promise<Rehearsal | null> => {
    const { running } = await request<RehearsalRoom>('GET', '/v1/rehearsals?running=true');
    return running.find((one) => one.id === id) ?? null;
  },
  begin: (wanted: NewRehearsal) => request<Rehearsal>('POST', '/v1/rehearsals', wanted),
  join: (id: Id) => request<Rehearsal>('POST', at(id, '/join'), {}),
  speed: (id: Id, speed: number) => request<Rehearsal>('POST', at(id, '/speed'), { speed }),
  inject: (id: Id, { text, telephones, at: place, category, priority }: Injected) =>
    request<Rehearsal>('POST', at(id, '/events'), {
      text,
      telephones,
      ...(place === null ? {} : { lng: place.lng, lat: place.lat }),
      ...(category === null || priority === null ? {} : { category, priority }),
    }),
  end: (id: Id) => request<Result>('POST', at(id, '/end'), {}),
  result: (id: Id) => request<Result>('GET', at(id, '/result')),
  csv: (id: Id) => at(id, '/result.csv'),
};

/** `92 %` of a figure; null where nothing counted. */
export const shareOf = ({ good, of }: Pick<Figure, 'good' | 'of'>): number | null =>
  of === 0 ? null : Math.round((100 * good) / of);

/** How well a share looks, beside its number: a word for a colour. */
export const toneOf = (share: number | null): 'good' | 'warn' | 'bad' | 'none' => {
  if (share === null) return 'none';
  if (share >= 90) return 'good';
  return share >= 70 ? 'warn' : 'bad';
};

/** Seconds as people read them: `0:41`. */
export const timeOf = (secs: number | null): string => (secs === null ? '' : clockText(secs));

/** What was done, or would have been right, in words. */
export function wordOf(measure: Figure['measure'], code: string | null): string {
  if (code === null || code === '') return '';
  if (measure === 'category') return t(`category.${code as Category}`);
  if (measure === 'phone_end')
    return t(`rehearsal.call.${code as 'filed' | 'diverted' | 'dismissed'}`);
  if (measure === 'priority') return t(`priority.${Number(code) as Priority}`);
  return code;
}

/** The local time of an input field as an instant; null for none. */
export function instantOf(local: string, utcOffsetH: number): string | null {
  const ms = Date.parse(`${local}Z`);
  return Number.isNaN(ms) ? null : new Date(ms - utcOffsetH * 3_600_000).toISOString();
}

/** An instant as an input field wants it, by the office's clock. */
export const localOf = (ms: number, utcOffsetH: number): string =>
  new Date(ms + utcOffsetH * 3_600_000).toISOString().slice(0, 16);
