/**
 * What the server speaks. Every message the OpenAPI document describes takes its shape from there;
 * by hand is only what the document does not say: the socket's frames and the order of lists.
 * Ids are UUIDv7 strings, instants RFC 3339 UTC strings, lengths metres (`_m`), spans seconds (`_s`).
 */

import type { components } from './wire.gen';

type Schemas = components['schemas'];

export type Id = string;
export type Instant = Schemas['Timestamp'];

/** 1 life in danger, 2 urgent, 3 a visit is needed, 4 no dispatch. */
export type Priority = 1 | 2 | 3 | 4;

/** West, south, east, north, degrees. */
export type Bounds = [number, number, number, number];

/** Fields whose values the document tells in words only. */
interface Narrower {
  priority: Priority;
  priorities: Priority[];
  direction: 'in' | 'out' | 'note';
  bounds: Bounds;
  points: [number, number][];
}

/**
 * A message as the server sends it. The document lets a nullable field be absent; the server always
 * says `null`. Only a fix leaves out what its device did not measure.
 */
export type Told<T> = T extends string | number | boolean | null | undefined | Schemas['Fix']
  ? T
  : T extends readonly (infer Item)[]
    ? Told<Item>[]
    : { [K in keyof T]-?: K extends keyof Narrower ? Narrower[K] : Told<Exclude<T[K], undefined>> };

/** A request as we make it: what may be left out stays so. */
export type Asked<T> = { [K in keyof T]: K extends keyof Narrower ? Narrower[K] : T[K] };

/** A list that must name every value of `T`: one too few or unknown does not compile. */
const every =
  <T extends string>() =>
  <const List extends readonly T[]>(list: [T] extends [List[number]] ? List : never): List =>
    list;

export type LngLat = Schemas['LngLat'];
export type Channel = Schemas['Channel'];
export type Service = Schemas['Service'];
export type Category = Schemas['Category'];

/** Categories as an office calls and offers them, in its order. */
export type CategorySet = Told<Schemas['CategorySet']>;
export type CategoryStyle = Told<Schemas['CategoryStyle']>;

/** Places for matters of an office's own: nobody is offered one before the office names it. */
export type OwnCategory = Extract<Category, `own_${string}`>;
export const OWN_CATEGORIES = every<OwnCategory>()([
  'own_police_1',
  'own_police_2',
  'own_police_3',
  'own_police_4',
  'own_police_5',
  'own_police_6',
  'own_police_7',
  'own_police_8',
  'own_info_1',
  'own_info_2',
  'own_info_3',
  'own_info_4',
]);

export const isOwn = (category: string): category is OwnCategory => category.startsWith('own_');

/** Every category code, in the order of the offices' list; the places for an office's own stand last. */
export const CATEGORIES = every<Category>()([
  'laka_lantas',
  'kejahatan',
  'kekerasan',
  'kamtibmas',
  'kemacetan',
  'orang_hilang',
  'pengaduan_pelayanan',
  'belum_jelas',
  'sim',
  'stnk_bpkb',
  'skck',
  'sp2hp',
  'spkt',
  'pengawalan',
  'patroli',
  'keramaian',
  'rekrutmen',
  'tilang',
  'layanan_lain',
  'pohon_tumbang',
  'jalan_rusak',
  'kebakaran',
  'bencana',
  'lampu_pju',
  'odgj',
  'hewan',
  'ambulans',
  'lingkungan',
  'curhat',
  'kenalan',
  'spam',
  'salam',
  'salah_kirim',
  'opini',
  'prank',
  ...OWN_CATEGORIES,
]);

/** The categories an office begins with. */
export const COMMON_CATEGORIES: readonly Category[] = CATEGORIES.filter((code) => !isOwn(code));

export type PlaceSource = Schemas['PlaceSource'];
export type Place = Told<Schemas['Place']>;
export type Jurisdiction = Told<Schemas['Jurisdiction']>;
export type Office = Told<Schemas['Office']>;
export type Offices = Told<Schemas['Offices']>;

export type Role = Schemas['Role'];
export const ROLES = every<Role>()([
  'operator',
  'supervisor',
  'patrol',
  'commander',
  'admin',
  'auditor',
  'integration',
]);
export type Me = Told<Schemas['Me']>;

export type Known = Told<Schemas['Known']>;
export type Reading = Told<Schemas['Reading']>;
export type Phrase = Told<Schemas['Phrase']>;
export type Also = Told<Schemas['Also']>;
export type Meaning = Told<Schemas['Meaning']>;

export type CallAnswers = Told<Schemas['CallAnswers']>;
export type Outcome = Schemas['Outcome'];
export const OUTCOMES = every<Outcome>()([
  'answered',
  'referred',
  'out_of_scope',
  'prank',
  'duplicate',
  'resolved',
  'unfounded',
  'handed_over',
  'cancelled',
  'unanswered',
]);

export type ReportState = Told<Schemas['ReportState']>;
export type ReportStamps = Told<Schemas['ReportStamps']>;
export type Report = Told<Schemas['Report']>;
export type ReportPage = Told<Schemas['Page_Report']>;
export type Message = Told<Schemas['MessageView']>;
export type Media = Told<Schemas['MediaView']>;
export type Reporter = Told<Schemas['ReporterView']>;
export type Revealed = Told<Schemas['Revealed']>;
export type ReportDetail = Told<Schemas['ReportDetail']>;
export type Proposal = Told<Schemas['Proposal']>;
export type Duplicates = Told<Schemas['Duplicates']>;
/** A report that was found, with the words around what was looked for. */
export type ReportHit = Told<Schemas['ReportHit']>;
export type SearchAnswer = Told<Schemas['SearchAnswer']>;
export type PeopleAnswer = Told<Schemas['PeopleAnswer']>;
/** A shift handed over, and how a desk stood. */
export type ShiftView = Told<Schemas['ShiftView']>;
export type Shifts = Told<Schemas['Shifts']>;
export type Stand = Told<Schemas['Stand']>;
export type DailyCheck = Told<Schemas['DailyCheck']>;
export type QueueItem = Told<Schemas['QueueItem']>;
export type Queue = Told<Schemas['Queue']>;
/** A message that was recorded and will be sent. */
export type Queued = Told<Schemas['Queued']>;
export type Article = Told<Schemas['Article']>;
export type ArticleView = Told<Schemas['ArticleView']>;
export type ArticleList = Told<Schemas['ArticleList']>;
export type ArticleHistory = Told<Schemas['ArticleHistory']>;
export type ArticleChange = Asked<Schemas['ArticleChange']>;
export type TemplateView = Told<Schemas['TemplateView']>;
export type Templates = Told<Schemas['Templates']>;
export type TemplateHistory = Told<Schemas['TemplateHistory']>;
export type TemplateChange = Asked<Schemas['TemplateChange']>;
export type Preview = Told<Schemas['Preview']>;
export type QuickReplies = Told<Schemas['QuickReplies']>;
export type OutboxItem = Told<Schemas['OutboxItem']>;
export type OutboxList = Told<Schemas['OutboxList']>;

/** One answer of the gazetteer. */
export type PlaceCandidate = Told<Schemas['PlaceCandidate']>;
export type MatchedPart = Told<Schemas['MatchedPart']>;
export type LocateAnswer = Told<Schemas['LocateAnswer']>;

export type Disposition = Schemas['Disposition'];
export const DISPOSITIONS = every<Disposition>()([
  'resolved',
  'unfounded',
  'referred',
  'cancelled',
  'duplicate',
  'prank',
]);

export type Handling = Told<Schemas['Handling']>;
export type IncidentState = Schemas['IncidentState'];
export const INCIDENT_STATES = every<IncidentState>()([
  'queued',
  'offered',
  'responding',
  'on_scene',
  'cleared',
  'held',
  'closed',
]);
export type Incident = Told<Schemas['Incident']>;
export type IncidentPage = Told<Schemas['Page_Incident']>;
export type IncidentDetail = Told<Schemas['IncidentDetail']>;

export type AssignmentState = Schemas['AssignmentState'];
export const ASSIGNMENT_STATES = every<AssignmentState>()([
  'offered',
  'delivered',
  'accepted',
  'en_route',
  'on_scene',
  'cleared',
  'refused',
  'expired',
  'released',
  'preempted',
  'transferred',
]);
export type Step = Schemas['Step'];
export type AssignmentStamps = Told<Schemas['AssignmentStamps']>;
export type Assignment = Told<Schemas['Assignment']>;

export type UnitKind = Schemas['UnitKind'];
export type UnitStatus = Schemas['UnitStatus'];
/** In wire order: binary position frames carry the index. */
export const UNIT_STATUSES = every<UnitStatus>()([
  'off_duty',
  'available',
  'offered',
  'committed',
  'en_route',
  'on_scene',
  'busy',
  'break',
  'out_of_service',
]);
export type Unit = Told<Schemas['Unit']>;
export type Units = Told<Schemas['Units']>;
export type Fix = Schemas['Fix'];
export type UnitFix = Schemas['UnitFix'];
export type Track = Schemas['Track'];
/** How well the fixes of a unit come in. */
export type Reception = Told<Schemas['Reception']>;
export type Verdict = Schemas['Verdict'];
export type KnownTracker = Told<Schemas['KnownTracker']>;
export type Trackers = Told<Schemas['Trackers']>;
export type TrackersOfUnit = Schemas['TrackersOfUnit'];

export type Reason = Told<Schemas['Reason']>;
export type RecommendedUnit = Told<Schemas['Candidate']>;
export type GivesUp = Told<Schemas['GivesUp']>;
/** What changes when another unit is sent. */
export type WhatIf = Told<Schemas['WhatIf']>;
export type OtherIncident = Told<Schemas['OtherIncident']>;
/** A free unit that could take a job over. */
export type Relief = Told<Schemas['Relief']>;
export type Handing = Told<Schemas['Handing']>;
export type HandingState = Schemas['HandingState'];
/** A wish for help between two Polres, as one side keeps it. */
export type Team = Asked<Schemas['Team']>;
export type TeamView = Told<Schemas['TeamView']>;
export type TeamsView = Told<Schemas['TeamsView']>;
export type TeamMember = Told<Schemas['MemberView']>;
export type History = Told<Schemas['History']>;
export type PastWarning = Told<Schemas['Warning']>;

export type Help = Told<Schemas['Help']>;
export type Helper = Told<Schemas['Helper']>;
export type Plan = Told<Schemas['Plan']>;
export type Recommendation = Told<Schemas['Recommendation']>;

/** Who caused an entry. */
export type Actor = Schemas['Actor'];
/** An entry for viewers who may see what changed but not why. */
type Withheld = Pick<Schemas['TimelineItem'], 'seq' | 'at' | 'actor'> & {
  kind?: undefined;
  data?: undefined;
};
/** One line of an incident's timeline. */
export type TimelineItem = Schemas['TimelineItem'] | Withheld;
export type Timeline = Schemas['Timeline'];

export type CallLevel = Schemas['Level'];
export type CallState = Told<Schemas['CallState']>;
export type CallResult = Told<Schemas['CallResult']>;
export type Dismissal = Schemas['Dismissal'];
export const DISMISSALS = every<Dismissal>()([
  'prank',
  'silent',
  'wrong_number',
  'answered',
  'other_agency',
]);
export type ClosureReason = Schemas['ClosureReason'];
export const CLOSURE_REASONS = every<ClosureReason>()([
  'flood',
  'accident',
  'works',
  'fallen',
  'landslide',
  'fire',
  'crowd',
  'event',
  'congestion',
  'other',
]);
/** A `GeoJSON` line or polygon. */
export type Drawing =
  | { type: 'LineString'; coordinates: [number, number][] }
  | { type: 'Polygon'; coordinates: [number, number][][] };
export type Closure = Omit<Told<Schemas['Closure']>, 'geometry' | OptionalOfClosure> & {
  geometry: Drawing;
} & Partial<Pick<Schemas['Closure'], OptionalOfClosure>>;
type OptionalOfClosure = 'factor' | 'until_at' | 'ended_at' | 'ended_by';
export type ClosurePage = { items: Closure[]; next: string | null };
export type NewClosure = Omit<Schemas['ClosureRequest'], 'geometry'> & { geometry: Drawing };

export type Call = Told<Schemas['Call']>;
export type CallPage = Told<Schemas['Page_Call']>;
/** What is typed; a priority that nobody chose is null. */
export type CallNotes = Omit<Told<Schemas['CallNotes']>, 'priority'> & {
  priority: Priority | null;
};
export type CallDetail = Omit<Told<Schemas['CallDetail']>, 'notes'> & { notes: CallNotes };
export type NotesSaved = Told<Schemas['NotesSaved']>;

export type MapConfig = Told<Schemas['MapConfig']>;
export type Manoeuvre = Schemas['Manoeuvre'];
/** One thing to do on the way. */
export type RouteStep = Schemas['SaidStep'];
export type Route = Omit<Told<Schemas['RouteAnswer']>, 'steps'> & { steps: RouteStep[] };

export type CategoryCount = Told<Schemas['CategoryCount']>;
export type Categories = Told<Schemas['Categories']>;
/** Seconds; `within_clock` is a share 0 to 1. Null where nothing was measured. */
export type Times = Told<Schemas['Times']>;
export type ResponseTimes = Told<Schemas['ResponseTimes']>;

/** Which line of the queue a report stands in. */
export type Lane = Schemas['Lane'];
/** One thing that speaks for noise. */
export type Sign = Schemas['Sign'];
export const SIGNS = every<Sign>()([
  'prank',
  'flirting',
  'outpouring',
  'spam',
  'off_topic',
  'greeting_only',
  'says_nothing',
  'repeated',
  'burst',
  'forwarded',
  'silent',
  'hung_up',
  'warned',
  'appeal',
]);
export type Noise = Told<Schemas['Noise']>;
export type Standing = Told<Schemas['StandingView']>;
export type Strike = Told<Schemas['StrikeView']>;
export type Struck = Told<Schemas['Struck']>;
export type BlockState = Schemas['BlockState'];
export const BLOCK_STATES = every<BlockState>()([
  'proposed',
  'active',
  'declined',
  'lifted',
  'expired',
]);
export type Block = Told<Schemas['Block']>;
export type BlockView = Told<Schemas['BlockView']>;
export type BlockDetail = Told<Schemas['BlockDetail']>;
export type BlockPage = Told<Schemas['Page_BlockView']>;
export type MessagePage = Told<Schemas['Page_MessageView']>;
export type BulkDone = Told<Schemas['BulkDone']>;

/** A message between the desk and a crew; its words are asked for. */
export type UnitMessage = Told<Schemas['UnitMessage']>;
export type UnitMessageView = Told<Schemas['UnitMessageView']>;
export type UnitMessages = Told<Schemas['UnitMessages']>;
export type UnitsMessaged = Told<Schemas['UnitsMessaged']>;
export type NewUnitMessage = Asked<Schemas['UnitMessageRequest']>;
export type NewUnitsMessage = Asked<Schemas['UnitsMessageRequest']>;
/** Notes about an incident, and messages about it. */
export type WrittenList = Told<Schemas['WrittenList']>;
export type Written = WrittenList['items'][number];
export type NewNote = Asked<Schemas['NoteRequest']>;
/** What happened before a step of a crew came. */
export type Meanwhile = Told<Schemas['Meanwhile']>;
export type Shortfall = Told<Schemas['Shortfall']>;

/** RFC 9457. */
export type Problem = Omit<Schemas['Problem'], 'meanwhile'> & { meanwhile?: Meanwhile | null };

// --- what we ask --------------------------------------------------------------------------------

export type NewReport = Asked<Schemas['NewReport']>;
/** What an operator may correct on a report or an incident. */
export type Correction = Asked<Schemas['CorrectionRequest']>;
export type StepRequest = Asked<Schemas['StepRequest']>;

// --- the socket -------------------------------------------------------------------------------

export type Changed = Omit<Told<Schemas['Changed']>, 'closures'> & { closures: Closure[] };

export type SnapshotFrame = Omit<Told<Schemas['Snapshot']>, 'closures'> & {
  type: 'snapshot';
  closures: Closure[];
};

export interface ResumedFrame {
  type: 'resumed';
  polres: string;
  seq: number;
}

export type EntryFrame = TimelineItem & {
  type: 'entry';
  polres: string;
  changed: Changed;
};

export interface PositionsFrame {
  type: 'positions';
  at: Instant;
  seq: number;
  items: UnitFix[];
}

/** What can be open on a screen. */
export type LookedKind = 'report' | 'incident' | 'call';

/** One screen of a colleague, and what is open on it. */
export interface Looker {
  user: Id;
  name: string;
  kind: LookedKind | null;
  id: Id | null;
  typing: boolean;
}

export interface PresenceFrame {
  type: 'presence';
  items: Looker[];
}

export interface ErrorFrame {
  type: 'error';
  code: string;
  detail: string;
}

export type ServerFrame =
  | SnapshotFrame
  | ResumedFrame
  | EntryFrame
  | PositionsFrame
  | PresenceFrame
  | ErrorFrame
  | { type: 'pong' };

export type ClientFrame =
  | { type: 'view'; bbox: Bounds; zoom: number; binary?: boolean }
  | { type: 'look'; kind?: LookedKind; id?: Id; typing: boolean }
  | { type: 'ack'; delivery: Id }
  | { type: 'got'; messages: readonly Id[] }
  | { type: 'ping' };
