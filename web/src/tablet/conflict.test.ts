import { afterEach, expect, it } from 'vitest';
import './words';
import { lang } from '../i18n';
import type { Meanwhile } from '../wire';
import { asNote, type Conflict, happened, notRecorded } from './conflict';
import { readHere } from './pending';
import type { PendingStep } from './steps';

afterEach(() => lang.set('id'));

const step = (name: PendingStep['step'], at: string): PendingStep => ({
  key: name,
  assignment: 'a1',
  incident: 'i1',
  step: name,
  at,
});

const meanwhile = (more: Partial<Meanwhile>): Meanwhile => ({
  what: 'released',
  at: '2026-11-22T03:32:00Z',
  by_name: 'Rina',
  call_sign: null,
  step: null,
  reason: null,
  ...more,
});

const conflict = (more: Partial<Meanwhile>, voided: PendingStep[] = []): Conflict => ({
  item: step('on_scene', '2026-11-22T03:35:00Z'),
  voided,
  why: { detail: '', status: 409, code: 'wrong_state', meanwhile: meanwhile(more) },
});

it('says what happened, who did it and when', () => {
  const said = (more: Partial<Meanwhile>) => happened(conflict(more), 7);
  expect(said({})).toBe('Penugasan ini sudah ditarik operator Rina pukul 10.32.');
  expect(said({ reason: 'salah alamat' })).toContain('Alasan: salah alamat.');
  expect(said({ what: 'closed' })).toBe('Kejadian ini sudah ditutup operator Rina pukul 10.32.');
  expect(said({ what: 'transferred', by_name: null, call_sign: 'Patko-2' })).toBe(
    'Penugasan ini sudah diambil alih Patko-2 pukul 10.32.',
  );
  expect(said({ what: 'expired', by_name: null })).toContain('10.32');
  expect(said({ what: 'stepped', step: 'on_scene' })).toContain('operator Rina');
});

it('names the steps that are not recorded, and keeps their times for a note', () => {
  const both = conflict({}, [step('clear', '2026-11-22T03:50:00Z')]);
  expect(notRecorded(both)).toMatch(/“.+”, “.+” tidak dicatat; catatan dan foto tetap masuk/);
  const text = asNote(both, 7) ?? '';
  expect(text).toContain('10.35');
  expect(text).toContain('10.50');
  expect(notRecorded(conflict({ what: 'stepped', step: 'on_scene' }))).toBe(
    'Tidak perlu ditekan lagi.',
  );
});

it('says of a refused note why, and nothing of steps', () => {
  const note: Conflict = {
    item: { kind: 'note', key: 'n', incident: 'i1', number: 'K1', text: 'x', at: '' },
    voided: [],
    why: { detail: 'x', status: 404 },
  };
  expect(happened(note, 7)).toContain('sudah lama ditutup');
  expect(notRecorded(note)).toBe('');
  expect(asNote(note, 7)).toBeNull();
});

it('a message counts as read once the crew has pressed it, or answered', () => {
  const read = readHere([
    { kind: 'read', key: '1', unit: 'u', message: 'm1', at: '' },
    { kind: 'reply', key: '2', unit: 'u', text: 'Siap', answers: 'm2', at: '' },
    { kind: 'reply', key: '3', unit: 'u', text: 'Kami macet', answers: null, at: '' },
    step('clear', ''),
  ]);
  expect([...read].sort()).toEqual(['m1', 'm2']);
});
