/** The citizen's doors. A lost login is an answer here, not another page. */

import { uuid7 } from '../tablet/reading';
import type { components } from '../wire.gen';
import type { Refusal } from './faults';

type Schemas = components['schemas'];
export type Me = Schemas['CitizenMe'];
export type Report = Schemas['CitizenReport'];
export type Detail = Schemas['CitizenReportDetail'];
export type FeedItem = Schemas['FeedItem'];
export type Matter = Schemas['CitizenCategory'];

/** What the server said instead of yes; `status` null: nothing was heard. */
export class No extends Error implements Refusal {
  constructor(
    readonly status: number | null,
    readonly code = '',
    readonly field = '',
    readonly waitS = 0,
  ) {
    super(code);
    this.name = 'No';
  }
}

export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(path, { method, credentials: 'same-origin', ...sent }).catch(
    () => null,
  );
  if (answer === null) throw new No(null);
  const said = await answer.json().catch(() => null);
  if (answer.ok) return said as T;
  const waitS = Number(answer.headers.get('retry-after') ?? 0);
  throw new No(answer.status, said?.code, said?.field ?? '', waitS);
}

const REPORTS = '/v1/citizen/reports';

export const citizen = {
  code: (phone: string, name: string) =>
    ask<{ expires_in_s: number }>(
      'POST',
      '/v1/citizen/accounts',
      name === '' ? { phone } : { phone, name },
    ),
  enter: (phone: string, code: string) => ask<Me>('POST', '/v1/citizen/sessions', { phone, code }),
  me: () => ask<Me>('GET', '/v1/citizen/sessions'),
  change: (change: { name?: string; notify_whatsapp?: boolean }) =>
    ask<Me>('PATCH', '/v1/citizen/accounts', change),
  leave: () => ask<null>('DELETE', '/v1/citizen/sessions'),
  reports: () => ask<{ items: Report[] }>('GET', REPORTS),
  report: (id: string) => ask<Detail>('GET', `${REPORTS}/${id}`),
  rate: (id: string, stars: number, note: string) =>
    ask<Detail>(
      'POST',
      `${REPORTS}/${id}/rating`,
      note.trim() === '' ? { stars } : { stars, note },
    ),
  reopen: (id: string, key: string, text: string) =>
    ask<Detail>('POST', `${REPORTS}/${id}/reopen`, { key, text }),
  feed: () => ask<{ items: FeedItem[] }>('GET', '/v1/citizen/feed'),
  traffic: (near: { lng: number; lat: number } | null) =>
    ask<{ items: FeedItem[] }>(
      'GET',
      `/v1/citizen/traffic${near ? `?near=${near.lng},${near.lat}` : ''}`,
    ),
  matters: () => ask<{ items: Matter[] }>('GET', '/v1/citizen/categories'),
  city: () =>
    ask<{ synthetic: boolean; center: { lng: number; lat: number } }>('GET', '/v1/map/config'),
};

/** The last code the demonstration sent to this number; only a demonstration tells. */
export async function demoCode(phone: string): Promise<string | null> {
  const tail = phone.replace(/\D/g, '').slice(-8);
  const sent = await ask<{ items: { to: string; text: string | null }[] }>(
    'GET',
    '/demo/outbox',
  ).catch(() => null);
  const last = sent?.items.filter((item) => item.to.endsWith(tail)).at(-1)?.text;
  return last?.match(/\*(\d{6})\*/)?.[1] ?? null;
}

/** A key no other item of this telephone has. */
export const freshKey = (): string => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
