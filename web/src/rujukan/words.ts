/** The words of the page another agency opens. Indonesian: whoever opens it works here. */

import type { ReferralPage } from '../agencies';

export const STATE: Record<ReferralPage['state'], string> = {
  sent: 'Menunggu jawaban Anda',
  acknowledged: 'Sudah Anda terima',
  done: 'Selesai',
  closed: 'Ditutup',
};

/** Said when the page has been open since before the server was renewed. */
export const NEWER = {
  newer: 'Halaman ini sudah diperbarui.',
  hint: 'Kirim dulu kabar yang sedang diketik, lalu muat ulang.',
  reload: 'Muat ulang',
};

const clock = new Intl.DateTimeFormat('id-ID', { dateStyle: 'medium', timeStyle: 'short' });
export const when = (at: string): string => clock.format(new Date(at));

/** What went wrong, for people. */
export function trouble(status: number): string {
  if (status === 0) return 'Tidak ada jaringan. Coba lagi.';
  if (status === 404)
    return 'Tautan ini tidak dikenal. Buka lagi tautan lengkap dari pesan kantor polisi.';
  if (status === 410) return 'Tautan ini sudah berakhir. Hubungi kantor polisi bila masih perlu.';
  if (status === 413) return 'Foto ini terlalu besar (paling besar 10 MB).';
  if (status === 415 || status === 422)
    return 'Berkas ini tidak dapat diterima. Kirim foto JPEG, PNG, atau WebP.';
  if (status === 409) return 'Rujukan ini sudah selesai.';
  return 'Belum berhasil. Coba lagi sebentar.';
}
