/**
 * The HTTP door: every request of every screen. Answers are typed, refusals are a [`Refused`] with
 * the server's problem document. A lost session leads to the login page. Buttons call this; state
 * comes back over the socket.
 */

import type { FeatureCollection } from 'geojson';
import { doorOf } from './rehearsal/base';
import { categories } from './store/categories.svelte';
import { line, typedSomething } from './store/line.svelte';
import type {
  ArticleChange,
  ArticleHistory,
  ArticleList,
  ArticleView,
  Assignment,
  Call,
  CallDetail,
  CallNotes,
  CallPage,
  Category,
  Closure,
  ClosurePage,
  Correction,
  DailyCheck,
  Dismissal,
  Disposition,
  Duplicates,
  Helper,
  History,
  Id,
  Incident,
  IncidentDetail,
  IncidentPage,
  Instant,
  Jurisdiction,
  LngLat,
  LocateAnswer,
  MapConfig,
  Me,
  NewClosure,
  NewNote,
  NewReport,
  NewUnitMessage,
  NewUnitsMessage,
  NotesSaved,
  Offices,
  OutboxItem,
  OutboxList,
  Outcome,
  PeopleAnswer,
  Preview,
  Problem,
  Queue,
  Queued,
  QuickReplies,
  Reception,
  Recommendation,
  Relief,
  Report,
  ReportDetail,
  ReportPage,
  Revealed,
  Route,
  SearchAnswer,
  Shifts,
  ShiftView,
  StepRequest,
  Team,
  TeamsView,
  TemplateChange,
  TemplateHistory,
  Templates,
  TemplateView,
  Timeline,
  Track,
  Trackers,
  TrackersOfUnit,
  Unit,
  UnitMessage,
  UnitMessages,
  UnitMessageView,
  UnitStatus,
  Units,
  UnitsMessaged,
  WhatIf,
  WrittenList,
} from './wire';

/** The server said no, or could not be reached (`status` 0, `code` "offline"). */
export class Refused extends Error {
  constructor(
    readonly problem: Problem,
    /** The header Retry-After, for a 429 or 503. */
    readonly retryAfter: string | null = null,
  ) {
    super(problem.detail || problem.title);
    this.name = 'Refused';
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

const LOGIN = '/';

/** A request that is not answered by then is given up: whether it was carried out must be looked at. */
const PATIENCE_MS = 30_000;

/** Where a lost session goes; replaced in tests, and by screens where one signs in again on the spot. */
export const door = {
  leave(): void {
    if (location.pathname === LOGIN) return;
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`${LOGIN}?next=${back}`);
  },
  /** The session ended by itself: words that were typed are not lost for it. */
  lost(): void {
    if (typedSomething()) line.ended = true;
    else door.leave();
  },
};

function problemOf(status: number, body: unknown): Problem {
  const seen = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  return {
    status,
    code: seen.code ?? `http_${status}`,
    title: seen.title ?? '',
    detail: seen.detail ?? '',
    field: seen.field ?? null,
    meanwhile: seen.meanwhile ?? null,
  };
}

/** A page instead of an answer: something between here and Sigap spoke, a log-in of the network or a proxy. */
const NOT_OURS = Symbol('not ours');

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return NOT_OURS;
  }
}

/** What a request made by other means was refused with; status 0: it never arrived. */
export function refusalOf(status: number, text: string): Refused {
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // No words of ours: the status says enough.
  }
  const problem = problemOf(status, body);
  return new Refused(status === 0 ? { ...problem, code: 'offline' } : problem);
}

/** The same order again within this time after it was carried out is a double-click, ms. */
const DOUBLE_MS = 500;

/** The order that was given last, and how it went. */
let last: { order: string; answer: Promise<unknown>; doneMs: number } | null = null;

/**
 * One request; `null` for an empty answer (204). What changes something is asked once: the same order given
 * again while it is on its way, or just after it was carried out and before any other, is a button pressed twice.
 */
export function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  if (method === 'GET') return send<T>(method, path, body);
  const order = `${method} ${path} ${JSON.stringify(body) ?? ''}`;
  if (last?.order === order && performance.now() - last.doneMs < DOUBLE_MS)
    return last.answer as Promise<T>;
  const answer = send<T>(method, path, body);
  const given = { order, answer, doneMs: Number.POSITIVE_INFINITY };
  last = given;
  answer.then(
    () => {
      given.doneMs = performance.now();
    },
    () => {
      if (last === given) last = null;
    },
  );
  return answer;
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  const slow = AbortSignal.timeout(PATIENCE_MS);
  try {
    response = await line.follow(
      fetch(doorOf(path, method), {
        method,
        signal: slow,
        credentials: 'same-origin',
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  } catch {
    const code = slow.aborted ? 'slow' : 'offline';
    throw new Refused({ status: 0, code, title: '', detail: '' });
  }
  const answer = await readJson(response);
  if (!response.ok) {
    if (response.status === 401 && path !== '/v1/session') door.lost();
    throw new Refused(problemOf(response.status, answer), response.headers.get('retry-after'));
  }
  if (answer === NOT_OURS)
    throw new Refused({ status: 0, code: 'not_ours', title: '', detail: '' });
  return answer as T;
}

/** `path?a=1&b=2`, leaving out what is null, undefined or empty. */
export function withQuery(path: string, query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text === '' ? path : `${path}?${text}`;
}

const get = <T>(path: string, query: Query = {}) => request<T>('GET', withQuery(path, query));
const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);
const patch = <T>(path: string, body: unknown) => request<T>('PATCH', path, body);

/** Which reports: by state, words, or the H3 cell and period behind a figure of the heatmap. */
export interface ReportQuery {
  state?: string;
  q?: string;
  cell?: string;
  category?: string;
  from?: Instant;
  to?: Instant;
  after?: string;
  limit?: number;
}

/** What goes with an offer beside the unit. */
export interface OfferMore {
  override_reason?: string;
  /** It stood first on the screen. */
  held?: boolean;
  /** The assignment it is taken from. */
  taken_from?: Id;
}

export const api = {
  session: {
    /** Who we are; what the office calls its categories comes along and counts from now on. */
    get: async () => {
      const me = await get<Me>('/v1/session');
      categories.take(me.categories);
      return me;
    },
    open: (username: string, password: string) => post<Me>('/v1/session', { username, password }),
    close: () => request<null>('DELETE', '/v1/session'),
  },
  queue: {
    list: () => get<Queue>('/v1/queue'),
    next: () => post<ReportDetail | null>('/v1/queue/next'),
  },
  reports: {
    list: (query: ReportQuery) => get<ReportPage>('/v1/reports', { ...query }),
    get: (id: Id) => get<ReportDetail>(`/v1/reports/${id}`),
    enter: (report: NewReport) => post<Report>('/v1/reports', report),
    correct: (id: Id, change: Correction) => patch<Report>(`/v1/reports/${id}`, change),
    claim: (id: Id) => post<ReportDetail>(`/v1/reports/${id}/claim`),
    release: (id: Id) => post<Report>(`/v1/reports/${id}/release`),
    /** Out of another operator's hands; a supervisor's right. */
    takeOver: (id: Id) => post<ReportDetail>(`/v1/reports/${id}/take-over`),
    /** Under one key it goes out once, however often it is sent. */
    reply: (id: Id, text: string, key: string) =>
      post<Queued>(`/v1/reports/${id}/reply`, { text, key }),
    resolve: (id: Id, outcome: Outcome, note?: string) =>
      post<Report>(`/v1/reports/${id}/resolve`, { outcome, ...(note ? { note } : {}) }),
    /** Makes an incident of it. */
    incident: (id: Id) => post<Incident>(`/v1/reports/${id}/incident`),
    duplicates: (id: Id) => get<Duplicates>(`/v1/reports/${id}/duplicates`),
    /** Joins it to a report that waits, or to an incident; `part` undoes it. */
    join: (id: Id, into: { report_id?: Id | null } | { incident_id: Id }) =>
      post<Report>(`/v1/reports/${id}/join`, into),
    part: (id: Id) => post<Report>(`/v1/reports/${id}/part`),
    handOver: (id: Id, polres: string) => post<Report>(`/v1/reports/${id}/hand-over`, { polres }),
    /** Takes its end back; `take`: into one's own hands. A reason, once its reporter may have heard of it. */
    reopen: (id: Id, how: { take?: boolean; reason?: string }) =>
      post<Report>(`/v1/reports/${id}/reopen`, how),
    /** Sets it aside, or takes it back into the queue. */
    lane: (id: Id, lane: 'main' | 'set_aside') => post<Report>(`/v1/reports/${id}/lane`, { lane }),
    /** What the same person told before, and what happened at the same place. */
    history: (id: Id) => get<History>(`/v1/reports/${id}/history`),
    /** Looks at the reporter's name and number: recorded in the journal with the reason. */
    reporter: (id: Id, reason: string) => post<Revealed>(`/v1/reports/${id}/reporter`, { reason }),
  },
  search: {
    /** Words of conversations, numbers, kinds, places; `after` looks further back. */
    words: (q: string, after?: string) =>
      get<SearchAnswer>('/v1/search', { q, after: after ?? null, limit: 12 }),
    /** People by number or name: recorded with the reason. */
    people: (q: string, reason: string) => post<PeopleAnswer>('/v1/search/people', { q, reason }),
  },
  /** Shifts, and the day that is looked through and signed. */
  duty: {
    shifts: () => get<Shifts>('/v1/shifts'),
    handOver: (note: string) => post<ShiftView>('/v1/shifts', note === '' ? {} : { note }),
    take: (id: Id) => post<ShiftView>(`/v1/shifts/${id}/take`),
    check: (day?: string) => get<DailyCheck>('/v1/insight/daily-check', { day: day ?? null }),
    sign: (day: string, note: string) =>
      post<DailyCheck>('/v1/insight/daily-check', { day, ...(note === '' ? {} : { note }) }),
  },
  /** Teams of operators, and how the queue is shared. */
  teams: {
    list: () => get<TeamsView>('/v1/teams'),
    /** All of them at once; `version` is that of the answer they were seen in. */
    arrange: (version: number, items: Team[]) =>
      request<TeamsView>('PUT', '/v1/teams', { version, items }),
  },
  calls: {
    list: (query: { state?: string; after?: string; limit?: number } = {}) =>
      get<CallPage>('/v1/calls', query),
    get: (id: Id) => get<CallDetail>(`/v1/calls/${id}`),
    claim: (id: Id) => post<CallDetail>(`/v1/calls/${id}/claim`),
    release: (id: Id) => post<Call>(`/v1/calls/${id}/release`),
    notes: (id: Id, typed: CallNotes) => post<NotesSaved>(`/v1/calls/${id}/notes`, typed),
    report: (id: Id, typed: CallNotes, queue = false) =>
      post<Report>(`/v1/calls/${id}/report`, { ...typed, queue }),
    /** Sends the WhatsApp link, and nothing else. */
    divert: (id: Id) => post<Call>(`/v1/calls/${id}/divert`),
    /** To another Polres with everything typed; without a code to the one it belongs to. */
    handOver: (id: Id, notes: CallNotes, polres?: string) =>
      post<Call>(`/v1/calls/${id}/hand-over`, { notes, ...(polres ? { polres } : {}) }),
    close: (id: Id, reason: Dismissal) => post<Call>(`/v1/calls/${id}/close`, { reason }),
    calledBack: (id: Id) => post<Call>(`/v1/calls/${id}/called-back`),
  },
  incidents: {
    list: (query: { state?: string; after?: string; limit?: number } = {}) =>
      get<IncidentPage>('/v1/incidents', query),
    get: (id: Id) => get<IncidentDetail>(`/v1/incidents/${id}`),
    correct: (id: Id, change: Correction) => patch<Incident>(`/v1/incidents/${id}`, change),
    /** `held`: the unit that stands first on the screen stays there while no other is much better. */
    recommendation: (id: Id, held?: Id) =>
      get<Recommendation>(`/v1/incidents/${id}/recommendation`, { held }),
    whatIf: (id: Id, unit: Id) => get<WhatIf>(`/v1/incidents/${id}/what-if`, { unit_id: unit }),
    offer: (id: Id, unit: Id, more: OfferMore = {}) =>
      post<Assignment>(`/v1/incidents/${id}/assignments`, { unit_id: unit, ...more }),
    /** Other Polres that could help, soonest first. */
    helpers: (id: Id) => get<{ items: Helper[] }>(`/v1/incidents/${id}/help`),
    askHelp: (id: Id, polres: string) => post<Incident>(`/v1/incidents/${id}/help`, { polres }),
    withdrawHelp: (id: Id, polres: string) =>
      post<Incident>(`/v1/incidents/${id}/help/withdraw`, { polres }),
    answerHelp: (id: Id, yes: boolean, reason?: string) =>
      post<Incident>(`/v1/incidents/${id}/help/answer`, { yes, ...(reason ? { reason } : {}) }),
    hold: (id: Id) => post<Incident>(`/v1/incidents/${id}/hold`),
    resume: (id: Id) => post<Incident>(`/v1/incidents/${id}/resume`),
    close: (id: Id, disposition: Disposition, note?: string) =>
      post<Incident>(`/v1/incidents/${id}/close`, { disposition, ...(note ? { note } : {}) }),
    reopen: (id: Id) => post<Incident>(`/v1/incidents/${id}/reopen`),
    merge: (id: Id, into: Id) => post<Incident>(`/v1/incidents/${id}/merge`, { into }),
    unmerge: (id: Id) => post<Incident>(`/v1/incidents/${id}/unmerge`),
    feedback: (id: Id, text: string) => post<Queued>(`/v1/incidents/${id}/feedback`, { text }),
    timeline: (id: Id) => get<Timeline>(`/v1/incidents/${id}/timeline`),
    /** What crews and operators wrote about it. */
    notes: (id: Id) => get<WrittenList>(`/v1/incidents/${id}/notes`),
    /** Idempotent by `key`. */
    note: (id: Id, note: NewNote) => post<WrittenList>(`/v1/incidents/${id}/notes`, note),
  },
  assignments: {
    /** Idempotent by `key`: the same step may be sent again after a lost connection. */
    step: (id: Id, step: StepRequest) => post<Assignment>(`/v1/assignments/${id}/steps`, step),
    /** The way of the crew, from where its tablet is when that is known. */
    route: (id: Id, from: LngLat | null) =>
      get<Route>(
        `/v1/assignments/${id}/route`,
        from === null ? {} : { lng: from.lng, lat: from.lat },
      ),
    release: (id: Id, reason: string) =>
      post<Assignment>(`/v1/assignments/${id}/release`, { reason }),
    /** Free units that could take the job over. */
    reliefs: (id: Id) => get<{ items: Relief[] }>(`/v1/assignments/${id}/transfer`),
    /** Idempotent by `key`. The job stays until the other crew accepts. */
    transfer: (id: Id, unit: Id, key: string, reason: string) =>
      post<Assignment>(`/v1/assignments/${id}/transfer`, { unit_id: unit, key, reason }),
  },
  units: {
    list: () => get<Units>('/v1/units'),
    status: (id: Id, status: UnitStatus) => post<Unit>(`/v1/units/${id}/status`, { status }),
    emergency: (id: Id, on: boolean) => post<Unit>(`/v1/units/${id}/emergency`, { on }),
    messages: (id: Id) => get<UnitMessages>(`/v1/units/${id}/messages`),
    /** To a crew, or from its tablet to the desk; idempotent by `key`. */
    message: (id: Id, message: NewUnitMessage) =>
      post<UnitMessageView>(`/v1/units/${id}/messages`, message),
    messageSeveral: (message: NewUnitsMessage) =>
      post<UnitsMessaged>('/v1/units/messages', message),
    readMessage: (id: Id, message: Id, at: Instant) =>
      post<UnitMessage>(`/v1/units/${id}/messages/${message}/read`, { at }),
    track: (id: Id, from: string, to: string) => get<Track>(`/v1/units/${id}/track`, { from, to }),
    reception: (id: Id) => get<Reception>(`/v1/units/${id}/positions`),
    /** The trackers of the whole office. */
    trackers: () => get<Trackers>('/v1/trackers'),
    setTrackers: (id: Id, items: string[]) =>
      request<TrackersOfUnit>('PUT', `/v1/units/${id}/trackers`, { items }),
  },
  places: {
    offices: () => get<Offices>('/v1/offices'),
    locate: (q: string, near?: LngLat) =>
      get<LocateAnswer>('/v1/locate', { q, near: near ? `${near.lng},${near.lat}` : null }),
    jurisdiction: (at: LngLat) =>
      get<Jurisdiction | null>('/v1/jurisdiction', { lng: at.lng, lat: at.lat }),
  },
  /** Closed and slowed roads; the open ones come over the socket too. */
  closures: {
    list: () => get<ClosurePage>('/v1/closures'),
    create: (wanted: NewClosure) => post<Closure>('/v1/closures', wanted),
    remove: (id: Id) => request<null>('DELETE', `/v1/closures/${id}`),
  },
  map: {
    config: () => get<MapConfig>('/v1/map/config'),
    areas: () => get<FeatureCollection>('/v1/map/areas.geojson'),
    polsek: () => get<FeatureCollection>('/v1/map/polsek.geojson'),
    route: (unit: Id, incident: Id) =>
      get<Route>('/v1/map/route', { unit_id: unit, incident_id: incident }),
  },
  /** What the office says in its own words. */
  words: {
    articles: () => get<ArticleList>('/v1/articles'),
    saveArticle: (category: Category, change: ArticleChange) =>
      request<ArticleView>('PUT', `/v1/articles/${category}`, change),
    resetArticle: (category: Category) => post<ArticleView>(`/v1/articles/${category}/reset`),
    articleHistory: (category: Category) => get<ArticleHistory>(`/v1/articles/${category}/history`),
    templates: () => get<Templates>('/v1/templates'),
    saveTemplate: (code: string, change: TemplateChange) =>
      request<TemplateView>('PUT', `/v1/templates/${code}`, change),
    previewTemplate: (code: string, change: TemplateChange) =>
      post<Preview>(`/v1/templates/${code}/preview`, change),
    resetTemplate: (code: string) => post<TemplateView>(`/v1/templates/${code}/reset`),
    templateHistory: (code: string) => get<TemplateHistory>(`/v1/templates/${code}/history`),
    quickReplies: () => get<QuickReplies>('/v1/quick-replies'),
  },
  /** Messages to reporters that failed for good. */
  outbox: {
    dead: () => get<OutboxList>('/v1/outbox', { state: 'dead' }),
    retry: (id: Id) => post<OutboxItem>(`/v1/outbox/${id}/retry`),
  },
  /** Aggregates for the commander; shapes are typed by the screen that draws them. */
  insight: <T>(name: string, query: Query = {}) => get<T>(`/v1/insight/${name}`, query),
};
