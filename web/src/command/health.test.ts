import { expect, it } from 'vitest';
import { affected, stands } from './health';

const found = (...codes: string[]) => codes.map((code) => ({ code, level: 'warn' }));

it('names each part that is not well once, in the order of the server', () => {
  expect(affected(found('outbox', 'disk', 'store', 'whatsapp', 'heard'))).toBe(
    'Pesan keluar, Basis data, WhatsApp',
  );
  expect(affected(found('something_new'))).toBe('Pengaturan');
  expect(affected([])).toBe('');
});

it('tells one state from another', () => {
  expect(stands(found('disk'))).not.toBe(stands([{ code: 'disk', level: 'bad' }]));
});
