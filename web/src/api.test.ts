import { afterEach, expect, test, vi } from 'vitest';
import { api, door, Refused, withQuery } from './api';

const answer = (status: number, body: unknown) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body === null ? null : JSON.stringify(body), { status })),
  );

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const refusal = (promise: Promise<unknown>): Promise<Refused> =>
  promise.then(
    () => {
      throw new Error('it went through');
    },
    (error: Refused) => error,
  );

test('a problem document becomes a refusal that keeps its field', async () => {
  answer(422, {
    status: 422,
    code: 'invalid',
    title: 'x',
    detail: 'alasan wajib',
    field: 'override_reason',
  });
  const error = await refusal(api.incidents.offer('i', 'u'));
  expect(error).toBeInstanceOf(Refused);
  expect(error.problem).toMatchObject({ status: 422, code: 'invalid', field: 'override_reason' });
});

test('no network is a refusal of its own kind, not a crash', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => {
      throw new TypeError('failed to fetch');
    }),
  );
  expect((await refusal(api.queue.list())).problem).toMatchObject({ status: 0, code: 'offline' });
});

test('a page of HTML from a proxy is still a readable refusal', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('<html>502</html>', { status: 502 })),
  );
  expect((await refusal(api.queue.list())).problem).toMatchObject({
    status: 502,
    code: 'http_502',
  });
});

test('a lost session leads to the login page, a wrong password does not', async () => {
  const leave = vi.spyOn(door, 'leave').mockImplementation(() => {});
  answer(401, null);
  await refusal(api.session.open('a', 'b'));
  expect(leave).not.toHaveBeenCalled();
  await refusal(api.queue.list());
  expect(leave).toHaveBeenCalledOnce();
});

test('an empty queue is null', async () => {
  answer(204, null);
  expect(await api.queue.next()).toBeNull();
});

test('a query leaves out what is not asked', () => {
  expect(withQuery('/v1/reports', { q: 'laka lantas', after: '', limit: undefined })).toBe(
    '/v1/reports?q=laka+lantas',
  );
  expect(withQuery('/v1/units', {})).toBe('/v1/units');
});
