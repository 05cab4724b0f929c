import { expect, test } from 'vitest';
import { whyText } from './failures';
import './words';

test('what the server keeps of a failed message is said in words', () => {
  expect(whyText('the message was refused with code 0: the office has no WhatsApp line')).toBe(
    'Kantor ini belum punya nomor WhatsApp.',
  );
  expect(whyText('the message was refused with code 131026: Message undeliverable')).toBe(
    'Nomor ini tidak dapat menerima pesan WhatsApp.',
  );
  expect(whyText('the message was refused with code 470: x')).toBe(
    'WhatsApp menolak pesan (kode 470).',
  );
});

test('what nobody knows stays as it is, and nothing is a dash', () => {
  expect([whyText('something new'), whyText(null)]).toEqual(['something new', '–']);
});
