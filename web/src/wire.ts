/**
 * What the server speaks. Ids are UUIDv7 strings, instants RFC 3339 UTC strings, lengths metres
 * (`_m`), spans seconds (`_s`).
 */

export type Id = string;
export type Instant = string;

export interface LngLat {
  lng: number;
  lat: number;
}

export type Channel = 'whatsapp' | 'call110' | 'citizen_app' | 'desk';
export type Service = 'information' | 'police' | 'other_agency' | 'off_topic' | 'prank';

/** Every category code, in the order of the offices' list. */
export const CATEGORIES = [
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
] as const;
export type Category = (typeof CATEGORIES)[number];

/** 1 life in danger, 2 urgent, 3 a visit is needed, 4 no dispatch. */
export type Priority = 1 | 2 | 3 | 4;

export type PlaceSource = 'pin' | 'coordinates' | 'map_link' | 'gazetteer' | 'operator';

export interface Place extends LngLat {
  radius_m: number;
  source: PlaceSource;
  label: string;
  confidence: number;
  because: string;
}

export interface Jurisdiction {
  polres: string;
  polsek: string;
  desa_code: string;
  kelurahan: string;
  kecamatan: string;
  border_distance_m: number;
  neighbours: string[];
}

export interface Office {
  code: string;
  name: string;
  prefix: string;
  utc_offset_h: number;
  seat: LngLat;
  synthetic: boolean;
}

export const ROLES = ['operator', 'supervisor', 'patrol', 'commander', 'admin', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface Me {
  id: Id;
  username: string;
  name: string;
  role: Role;
  polres: string;
  polsek: string | null;
  unit_id: Id | null;
  office: Office;
  server_time: Instant;
  demo: boolean;
}

export interface Known {
  what: boolean;
  how: boolean;
  when: boolean;
  where: boolean;
  who: boolean;
}

export interface Reading {
  service: Service;
  category: Category;
  priority: Priority;
  confidence: number;
  known: Known;
}

export interface Phrase {
  text: string;
  confidence: number;
}

/** What the messages of one report mean, with the reporter's own words. */
export interface Meaning {
  service: Service;
  category: Category;
  priority: Priority;
  confidence: number;
  what: Phrase | null;
  where: Phrase | null;
  when: Phrase | null;
  who: Phrase | null;
  how: Phrase | null;
  because: string[];
}

export const OUTCOMES = [
  'answered',
  'referred',
  'out_of_scope',
  'prank',
  'duplicate',
  'resolved',
  'unfounded',
  'handed_over',
  'cancelled',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type ReportState =
  | { name: 'queued' }
  | { name: 'claimed'; by: Id }
  | { name: 'waiting_reporter'; by: Id | null }
  | { name: 'attached'; incident: Id }
  | { name: 'closed'; outcome: Outcome };

export interface ReportStamps {
  sent_at: Instant;
  received_at: Instant;
  first_reply_at: Instant | null;
  located_at: Instant | null;
  claimed_at: Instant | null;
  closed_at: Instant | null;
}

export interface Report {
  id: Id;
  number: string;
  channel: Channel;
  reporter: Id;
  messages: Id[];
  last_message_at: Instant;
  reading: Reading;
  reading_by_hand: boolean;
  place: Place | null;
  jurisdiction: Jurisdiction | null;
  state: ReportState;
  handed_from: Id | null;
  stamps: ReportStamps;
}

export interface Message {
  id: Id;
  direction: 'in' | 'out' | 'note';
  kind: string;
  text: string | null;
  lng: number | null;
  lat: number | null;
  media_id: Id | null;
  sent_at: Instant;
  received_at: Instant;
  status: string | null;
}

/** One answer of the gazetteer. */
export interface PlaceCandidate extends LngLat {
  name: string;
  kind: string;
  radius_m: number;
  kelurahan: string;
  kecamatan: string;
  score: number;
  because: string;
}

export interface Reporter {
  masked: string;
  name: string | null;
  phone: string | null;
}

export interface ReportDetail {
  report: Report;
  messages: Message[];
  meaning: Meaning | null;
  reporter: Reporter;
  candidates: PlaceCandidate[];
  similar: Incident[];
}

export interface QueueItem {
  report: Report;
  excerpt: string | null;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export const DISPOSITIONS = [
  'resolved',
  'unfounded',
  'referred',
  'cancelled',
  'duplicate',
  'prank',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

export type Handling =
  | { name: 'open' }
  | { name: 'held'; by: Id }
  | { name: 'closed'; disposition: Disposition };

export const INCIDENT_STATES = [
  'queued',
  'offered',
  'responding',
  'on_scene',
  'cleared',
  'held',
  'closed',
] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

export interface Incident {
  id: Id;
  number: string;
  category: Category;
  priority: Priority;
  place: Place;
  jurisdiction: Jurisdiction | null;
  reports: Id[];
  assignments: Id[];
  declined: Id[];
  handling: Handling;
  state: IncidentState;
  shortfall: string | null;
  automatic: boolean;
  received_at: Instant;
  opened_at: Instant;
  closed_at: Instant | null;
}

export interface IncidentDetail {
  incident: Incident;
  reports: Report[];
  assignments: Assignment[];
}

export const ASSIGNMENT_STATES = [
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
] as const;
export type AssignmentState = (typeof ASSIGNMENT_STATES)[number];

export type Step = 'accept' | 'refuse' | 'en_route' | 'on_scene' | 'clear';

export interface AssignmentStamps {
  offered_at: Instant;
  delivered_at: Instant | null;
  accepted_at: Instant | null;
  en_route_at: Instant | null;
  on_scene_at: Instant | null;
  ended_at: Instant | null;
}

export interface Assignment {
  id: Id;
  incident: Id;
  unit: Id;
  primary: boolean;
  state: AssignmentState;
  expires_at: Instant;
  travel_time_s: number | null;
  automatic: boolean;
  override_reason: string | null;
  keys: string[];
  stamps: AssignmentStamps;
}

export type UnitKind = 'car' | 'motorcycle' | 'traffic' | 'detective';

/** In wire order: binary position frames carry the index. */
export const UNIT_STATUSES = [
  'off_duty',
  'available',
  'offered',
  'committed',
  'en_route',
  'on_scene',
  'busy',
  'break',
  'out_of_service',
] as const;
export type UnitStatus = (typeof UNIT_STATUSES)[number];

export interface Unit {
  id: Id;
  no: number;
  call_sign: string;
  kind: UnitKind;
  polsek: string | null;
  crew: number;
  post: LngLat;
  status: UnitStatus;
  status_since: Instant;
  assignment: Id | null;
  emergency: boolean;
  taken: number;
}

export interface Fix extends LngLat {
  at: Instant;
  accuracy_m?: number;
  speed_mps?: number;
  heading_deg?: number;
}

export interface UnitFix extends Fix {
  unit_id: Id;
  no: number;
}

export interface Reason {
  code: string;
  cost_s: number;
  text: string;
}

export interface RecommendedUnit extends LngLat {
  unit_id: Id;
  call_sign: string;
  unit_kind: UnitKind;
  polsek: string | null;
  status: UnitStatus;
  travel_time_s: number | null;
  distance_m: number;
  cost_s: number;
  fix_age_s: number | null;
  reasons: Reason[];
}

export interface Plan {
  units: number;
  kinds: UnitKind[];
  offer_s: number;
}

export interface Recommendation {
  incident_id: Id;
  needed: number;
  candidates: RecommendedUnit[];
  counterfactual: string | null;
  shortfall: string | null;
  plan: Plan;
}

/** Who caused an entry. */
export type Actor = { type: 'system' } | { type: 'user' | 'unit' | 'reporter'; id: Id };

/** One line of an incident's timeline. */
export interface TimelineItem {
  seq: number;
  at: Instant;
  actor: Actor;
  kind: string;
  data: Record<string, unknown> | null;
}

export interface MapConfig {
  center: LngLat;
  zoom: number;
  bounds: [number, number, number, number];
  style: string | null;
  pmtiles: string | null;
  synthetic: boolean;
}

export interface Route {
  points: [number, number][];
  secs: number;
  metres: number;
}

export interface LocateAnswer {
  candidates: PlaceCandidate[];
  ambiguous: boolean;
  note: string | null;
}

/** RFC 9457. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  field?: string | null;
}

// --- the socket -------------------------------------------------------------------------------

export interface Changed {
  reports: Report[];
  incidents: Incident[];
  assignments: Assignment[];
  units: Unit[];
}

export interface SnapshotFrame {
  type: 'snapshot';
  polres: string;
  seq: number;
  at: Instant;
  reports: Report[];
  incidents: Incident[];
  assignments: Assignment[];
  units: Unit[];
  fixes: UnitFix[];
}

export interface ResumedFrame {
  type: 'resumed';
  polres: string;
  seq: number;
}

export interface EntryFrame {
  type: 'entry';
  polres: string;
  seq: number;
  at: Instant;
  actor: Actor;
  /** Absent for viewers who may see what changed but not why. */
  kind?: string;
  data?: Record<string, unknown> | null;
  changed: Changed;
}

export interface PositionsFrame {
  type: 'positions';
  at: Instant;
  seq: number;
  items: UnitFix[];
}

export interface ErrorFrame {
  type: 'error';
  code: string;
  detail: string;
}

export type ServerFrame = SnapshotFrame | ResumedFrame | EntryFrame | PositionsFrame | ErrorFrame;

export type ClientFrame =
  | { type: 'view'; bbox: [number, number, number, number]; zoom: number; binary?: boolean }
  | { type: 'ack'; delivery: Id }
  | ({ type: 'position' } & Fix);
