/** What the administrator asks the server: set-up, users, plans, health. Typed from the document. */

import { refusalOf, request, withQuery } from '../api';
import { lang } from '../i18n';
import type { Asked, CategorySet, Id, Me, Told } from '../wire';
import type { components } from '../wire.gen';

type Schemas = components['schemas'];

export type SetupSteps = Told<Schemas['SetupSteps']>;
export type AreasReport = Told<Schemas['AreasReport']>;
export type UnitsReport = Told<Schemas['UnitsReport']>;
export type FileProblem = Told<Schemas['FileProblem']>;
export type StreetsJob = Told<Schemas['StreetsJob']>;
export type PlacesReport = Told<Schemas['PlacesReport']>;
export type OfficeLine = Told<Schemas['OfficeLine']>;
export type Tried = Told<Schemas['Tried']>;
export type UserView = Told<Schemas['UserView']>;
export type UserPlace = Asked<Schemas['UserPlace']>;
export type NewUser = Asked<Schemas['NewUser']>;
export type FirstPassword = Told<Schemas['FirstPassword']>;
export type Health = Told<Schemas['Health']>;
export type HealthItem = Told<Schemas['HealthItem']>;
export type Level = Schemas['HealthLevel'];
export type PlanSet = Told<Schemas['PlanSet']>;
export type Plan = Told<Schemas['Plan']>;
export type Hears = Told<Schemas['Hears']>;
export type Question = Schemas['Question'];
export type PlansView = Told<Schemas['PlansView']>;
export type PlansVersion = Told<Schemas['PlansVersion']>;
export type CategoriesView = Told<Schemas['CategoriesView']>;
export type CategoriesVersion = Told<Schemas['CategoriesVersion']>;
export type CategoriesPreview = Told<Schemas['CategoriesPreview']>;
export type TrialResult = Told<Schemas['TrialResult']>;

const get = <T>(path: string) => request<T>('GET', path);
const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);
const put = <T>(path: string, body: unknown) => request<T>('PUT', path, body);
/** The server words these answers itself. */
const worded = (path: string) => withQuery(path, { lang: lang.current });

export const office = {
  steps: () => get<SetupSteps>('/v1/office/steps'),
  rename: (name: string) => put<Me['office']>('/v1/office', { name }),
  areas: (file: Asked<Schemas['AreasFile']>) => post<AreasReport>('/v1/office/areas', file),
  units: (csv: string, apply: boolean) => post<UnitsReport>('/v1/office/units', { csv, apply }),
  streets: () => get<StreetsJob>('/v1/office/streets'),
  applyStreets: () => post<StreetsJob>('/v1/office/streets/apply'),
  forgetStreets: () => request<null>('DELETE', '/v1/office/streets'),
  places: (file: Asked<Schemas['PlacesFile']>) => post<PlacesReport>('/v1/office/places', file),
  restart: () => post<null>('/v1/office/restart'),
  line: () => get<OfficeLine>('/v1/office/whatsapp'),
  checkLine: () => post<{ items: Tried[] }>(worded('/v1/office/whatsapp/check')),
  testLine: (to: string) => post<Tried>(worded('/v1/office/whatsapp/test'), { to }),
};

export const users = {
  list: () => get<{ items: UserView[] }>('/v1/users'),
  create: (user: NewUser) => post<FirstPassword>('/v1/users', user),
  change: (id: Id, place: UserPlace) => put<UserView>(`/v1/users/${id}`, place),
  reset: (id: Id) => post<FirstPassword>(`/v1/users/${id}/password`),
  signOut: (id: Id) => post<null>(`/v1/users/${id}/sign-out`),
};

export const health = () => get<Health>(worded('/v1/health'));

export const plans = {
  get: () => get<PlansView>('/v1/plans'),
  save: (set: PlanSet, version: number) => put<PlansView>('/v1/plans', { set, version }),
  preview: (set: PlanSet) => post<TrialResult>('/v1/plans/preview', { set }),
  restore: (to: number, version: number) => post<PlansView>('/v1/plans/restore', { to, version }),
  history: () => get<{ items: PlansVersion[] }>('/v1/plans/history'),
};

export const categorySets = {
  get: () => get<CategoriesView>('/v1/categories'),
  save: (set: CategorySet, version: number) =>
    put<CategoriesView>('/v1/categories', { set, version }),
  preview: (set: CategorySet) => post<CategoriesPreview>('/v1/categories/preview', { set }),
  restore: (to: number, version: number) =>
    post<CategoriesView>('/v1/categories/restore', { to, version }),
  history: () => get<{ items: CategoriesVersion[] }>('/v1/categories/history'),
};

/** Sends a file of streets; `told` hears how much has gone, 0 to 1. */
export function sendStreets(
  file: Blob,
  marginM: number,
  told: (share: number) => void,
): Promise<void> {
  return new Promise((done, fail) => {
    const call = new XMLHttpRequest();
    call.open('PUT', withQuery('/v1/office/streets', { margin_m: marginM }));
    call.setRequestHeader('content-type', 'application/octet-stream');
    call.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    const refused = () => fail(refusalOf(call.status, call.responseText));
    call.onload = () => (call.status < 300 ? done() : refused());
    call.onerror = refused;
    call.send(file);
  });
}

/** Asks the server to start anew, and waits until it answers again. */
export async function restarted(): Promise<void> {
  await office.restart();
  const until = Date.now() + 60_000;
  for (;;) {
    await new Promise((done) => setTimeout(done, 700));
    try {
      await get<Me>('/v1/session');
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
