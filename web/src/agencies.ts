/** The doors for other agencies and after-photos, and their shapes. */

import { Refused, request } from './api';
import type { Asked, Id, Incident, Told } from './wire';
import type { components } from './wire.gen';

type Schemas = components['schemas'];

export type Agency = Told<Schemas['AgencyView']>;
export type AgencyKind = Schemas['AgencyKind'];
export type AgencyChannel = Schemas['AgencyChannel'];
export type AgencyChange = Partial<Asked<Schemas['AgencyRequest']>>;
export type Referral = Told<Schemas['ReferralView']>;
export type ReferralEnd = Schemas['ReferralEnd'];
export type Suggestion = Told<Schemas['Suggestion']>;
export type ReferralPage = Told<Schemas['ReferralPage']>;
export type Photo = Told<Schemas['Photo']>;

export const AGENCY_KINDS = [
  'fire',
  'disaster',
  'medical',
  'rescue',
  'electricity',
  'water',
  'transport',
  'public_works',
  'environment',
  'social',
  'public_order',
  'government',
  'council',
  'community',
  'other',
] as const satisfies readonly AgencyKind[];

export const AGENCY_CHANNELS = [
  'phone',
  'whatsapp',
  'email',
  'webhook',
] as const satisfies readonly AgencyChannel[];

/** What is passed on: `/v1/incidents/…` or `/v1/reports/…`. */
export interface Subject {
  kind: 'incident' | 'report';
  id: Id;
}

const pathOf = ({ kind, id }: Subject): string => `/v1/${kind}s/${id}/referrals`;

export const agencies = {
  list: () => request<{ items: Agency[] }>('GET', '/v1/agencies'),
  create: (agency: AgencyChange) => request<Agency>('POST', '/v1/agencies', agency),
  change: (id: Id, agency: AgencyChange) => request<Agency>('PATCH', `/v1/agencies/${id}`, agency),
  remove: (id: Id) => request<null>('DELETE', `/v1/agencies/${id}`),
};

export const referrals = {
  list: (of: Subject) => request<{ items: Referral[] }>('GET', pathOf(of)),
  suggestions: (of: Subject) =>
    request<{ items: Suggestion[] }>('GET', `${pathOf(of)}/suggestions`),
  send: (of: Subject, agency: Id, note: string, tell: boolean, photos: boolean) =>
    request<Referral>('POST', pathOf(of), {
      agency_id: agency,
      tell_reporter: tell,
      photos,
      ...(note.trim() === '' ? {} : { note }),
    }),
  close: (id: Id, how: ReferralEnd) =>
    request<Referral>('POST', `/v1/referrals/${id}/close`, { how }),
};

/** What the agency itself may do; the token is its right. */
export const link = {
  show: (token: string) => request<ReferralPage>('POST', '/v1/referrals/by-token', { token }),
  acknowledge: (token: string) =>
    request<ReferralPage>('POST', '/v1/referrals/by-token/acknowledge', { token }),
  report: (token: string, done: boolean, note: string) =>
    request<ReferralPage>('POST', '/v1/referrals/by-token/report', {
      token,
      done,
      ...(note.trim() === '' ? {} : { note }),
    }),
  /** A photo of the page, as an address of its own; to be revoked by whoever shows it. */
  async photo(token: string, media: Id): Promise<string | null> {
    const response = await fetch('/v1/referrals/by-token/media', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, media }),
    }).catch(() => null);
    return response?.ok ? URL.createObjectURL(await response.blob()) : null;
  },
  async send(token: string, picture: Blob): Promise<ReferralPage> {
    const response = await fetch('/v1/referrals/by-token/photos', {
      method: 'POST',
      headers: { 'content-type': picture.type || 'image/jpeg', authorization: `Bearer ${token}` },
      body: picture,
    }).catch(() => null);
    if (response?.ok) return (await response.json()) as ReferralPage;
    const problem = (await response?.json().catch(() => null)) ?? {};
    const status = response?.status ?? 0;
    throw new Refused({ status, code: 'offline', title: '', detail: '', field: null, ...problem });
  },
};

export const photos = {
  /** Idempotent by `key`: the same photo may be sent again after a lost connection. */
  async take(incident: Id, key: string, picture: Blob): Promise<void> {
    const path = `/v1/incidents/${incident}/photos?key=${encodeURIComponent(key)}`;
    const response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'image/jpeg' },
      body: picture,
    }).catch(() => null);
    if (response?.ok) return;
    const problem = (await response?.json().catch(() => null)) ?? {};
    const status = response?.status ?? 0;
    throw new Refused({ status, code: 'offline', title: '', detail: '', field: null, ...problem });
  },
  approve: (id: Id) => request<Incident>('POST', `/v1/photos/${id}/approve`, {}),
  decline: (id: Id, note: string) =>
    request<Incident>('POST', `/v1/photos/${id}/decline`, note.trim() === '' ? {} : { note }),
};
