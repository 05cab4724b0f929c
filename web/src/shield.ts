/** The doors of the shield: warnings, blocks, and noise settled together. */

import { request, withQuery } from './api';
import type {
  BlockDetail,
  BlockPage,
  BlockState,
  BlockView,
  BulkDone,
  Id,
  MessagePage,
  Outcome,
  Revealed,
  Strike,
  Struck,
} from './wire';

const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);

export const shield = {
  warn: (report: Id, note = '') =>
    post<Struck>(`/v1/reports/${report}/strike`, note === '' ? {} : { note }),
  takeBack: (strike: Id, note: string) => post<Strike>(`/v1/strikes/${strike}/reverse`, { note }),
  settle: (ids: readonly Id[], outcome: Outcome) =>
    post<BulkDone>('/v1/reports/bulk', { ids, outcome }),
  blocks: {
    list: (state: BlockState | null, after: string | null = null, limit = 50) =>
      request<BlockPage>('GET', withQuery('/v1/blocks', { state, after, limit })),
    get: (id: Id) => request<BlockDetail>('GET', `/v1/blocks/${id}`),
    contacts: (id: Id, after: string | null = null) =>
      request<MessagePage>('GET', withQuery(`/v1/blocks/${id}/contacts`, { after })),
    byPhone: (phone: string, note: string) => post<BlockView>('/v1/blocks', { phone, note }),
    /** Days: none is as the office has set, 0 is for ever. */
    confirm: (id: Id, days: number | null) =>
      post<BlockView>(`/v1/blocks/${id}/confirm`, days === null ? {} : { days }),
    decline: (id: Id, note: string) => post<BlockView>(`/v1/blocks/${id}/decline`, { note }),
    lift: (id: Id, note: string) => post<BlockView>(`/v1/blocks/${id}/lift`, { note }),
    appeal: (id: Id, note: string) => post<BlockView>(`/v1/blocks/${id}/appeal`, { note }),
    reveal: (id: Id, reason: string) => post<Revealed>(`/v1/blocks/${id}/reporter`, { reason }),
  },
};
