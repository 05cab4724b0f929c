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

const orders = () => vi.mocked(fetch).mock.calls.length;

test('the same order twice is one: while it is on its way, and just after', async () => {
  answer(200, { ok: true });
  const [first, second] = [api.reports.claim('r'), api.reports.claim('r')];
  expect(await first).toEqual(await second);
  await api.reports.claim('r');
  expect(orders()).toBe(1);
  // After another order it is meant.
  await api.reports.release('r');
  await api.reports.claim('r');
  expect(orders()).toBe(3);
  // What is only read is read as often as it is asked.
  await Promise.all([api.queue.list(), api.queue.list()]);
  expect(orders()).toBe(5);
});

test('an order that was refused can be given again at once', async () => {
  answer(503, { status: 503, code: 'storage_away' });
  await refusal(api.reports.claim('s'));
  answer(200, { ok: true });
  await api.reports.claim('s');
  expect(orders()).toBe(1);
});

test('a page of somebody else in place of an answer is no answer', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('<html>Login WiFi</html>', { status: 200 })),
  );
  const { problem } = await refusal(api.reports.claim('t'));
  expect(problem).toMatchObject({ status: 0, code: 'not_ours' });
});
