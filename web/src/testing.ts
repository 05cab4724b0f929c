/** Made-up wire values for tests: sensible by default, the interesting part given. */

import type {
  Assignment,
  Call,
  Changed,
  Closure,
  EntryFrame,
  Id,
  Incident,
  Place,
  Priority,
  Report,
  SnapshotFrame,
  Unit,
} from './wire';

const AT = '2026-11-22T03:00:00.000000Z';
const PLACE: Place = {
  lng: 98.67,
  lat: 3.58,
  radius_m: 50,
  source: 'pin',
  label: 'Simpang Uji',
  confidence: 1,
  because: '',
  parts: [],
};

export function aReport(id: Id, more: Partial<Report> = {}, priority: Priority = 2): Report {
  return {
    id,
    number: `TST-${id}`,
    channel: 'whatsapp',
    reporter: 'someone',
    messages: [],
    last_message_at: AT,
    reading: {
      service: 'police',
      category: 'kamtibmas',
      priority,
      confidence: 1,
      known: { what: true, how: false, when: false, where: true, who: false },
    },
    reading_by_hand: false,
    place: { ...PLACE },
    jurisdiction: null,
    lane: 'main',
    noise: null,
    state: { name: 'queued' },
    handed_from: null,
    ended_with: null,
    followers: [],
    referrals: [],
    talk: {
      sent: [],
      last_sent_at: null,
      person_asked_at: null,
      led_by_person: false,
      stars: null,
      closing: null,
    },
    stamps: {
      sent_at: AT,
      received_at: AT,
      first_reply_at: null,
      located_at: null,
      claimed_at: null,
      closed_at: null,
    },
    ...more,
  };
}

/** A report that arrived `second` seconds into the test's minute. */
export const arrived = (id: Id, priority: Priority, second: number): Report => {
  const report = aReport(id, {}, priority);
  const received_at = `2026-11-22T03:00:${String(second).padStart(2, '0')}.000000Z`;
  return { ...report, stamps: { ...report.stamps, received_at } };
};

export function anIncident(id: Id, more: Partial<Incident> = {}): Incident {
  return {
    id,
    merged_into: null,
    number: `TST-${id}`,
    category: 'kamtibmas',
    priority: 2,
    place: { ...PLACE },
    jurisdiction: null,
    reports: [],
    assignments: [],
    declined: [],
    handling: { name: 'open' },
    state: 'queued',
    shortfall: null,
    automatic: false,
    received_at: AT,
    opened_at: AT,
    closed_at: null,
    reopened_at: null,
    referrals: [],
    photos: [],
    notes: [],
    helped_by: [],
    helps: null,
    ...more,
  };
}

export function anAssignment(id: Id, more: Partial<Assignment> = {}): Assignment {
  return {
    id,
    incident: 'i',
    unit: 'u',
    primary: true,
    state: 'offered',
    expires_at: AT,
    travel_time_s: null,
    automatic: false,
    override_reason: null,
    keys: [],
    stamps: {
      offered_at: AT,
      delivered_at: null,
      accepted_at: null,
      en_route_at: null,
      on_scene_at: null,
      ended_at: null,
    },
    links: { takes_over: null, taken_for: null, handing: null },
    ...more,
  };
}

export function aUnit(id: Id, more: Partial<Unit> = {}): Unit {
  return {
    id,
    no: 1,
    call_sign: id,
    kind: 'car',
    polsek: null,
    crew: 2,
    post: { lng: 98.67, lat: 3.58 },
    status: 'available',
    status_since: AT,
    assignment: null,
    emergency: false,
    taken: 0,
    ...more,
  };
}

/** A call that has just begun to ring. */
export function aCall(id: Id, more: Partial<Call> = {}): Call {
  return {
    id,
    line: '110-medan',
    reporter: 'someone',
    anonymous: false,
    state: { name: 'ringing' },
    level: 'polsek',
    by: null,
    place: null,
    jurisdiction: null,
    place_problem: null,
    noise: null,
    set_aside: false,
    result: null,
    called_back_by: null,
    stamps: {
      received_at: AT,
      rang_at: AT,
      claimed_at: null,
      answered_at: null,
      ended_at: null,
      settled_at: null,
      called_back_at: null,
    },
    ...more,
  };
}

/** A road closed for good. */
export function aClosure(id: Id, more: Partial<Closure> = {}): Closure {
  return {
    id,
    geometry: {
      type: 'LineString',
      coordinates: [
        [98.67, 3.58],
        [98.68, 3.58],
      ],
    },
    reason: 'flood',
    streets: ['Jl. Uji'],
    from_at: AT,
    by: 'operator',
    ...more,
  };
}

export function aSnapshot(more: Partial<SnapshotFrame> = {}): SnapshotFrame {
  return {
    type: 'snapshot',
    polres: 'medan',
    seq: 1,
    at: AT,
    reports: [],
    incidents: [],
    assignments: [],
    units: [],
    calls: [],
    closures: [],
    messages: [],
    fixes: [],
    ...more,
  };
}

export function anEntry(seq: number, changed: Partial<Changed> = {}): EntryFrame {
  return {
    type: 'entry',
    polres: 'medan',
    seq,
    at: AT,
    actor: { type: 'system' },
    changed: {
      reports: [],
      incidents: [],
      assignments: [],
      units: [],
      calls: [],
      closures: [],
      messages: [],
      ...changed,
    },
  };
}
