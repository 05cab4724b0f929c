/** The queue's way to the server: tus for files, a door for words. */

import { ask, No, type Report } from './api';
import { type Attached, type Item, type Outcome, outcomeOf, type Wire } from './queue';
import { sayFault } from './say.svelte';

/** Bytes of one piece: what a lost connection costs at most. */
const PIECE = 512 * 1024;

/** Reads a refusal of a door. */
export function outcome(error: unknown): Exclude<Outcome<never>, { kind: 'done' }> {
  return error instanceof No
    ? outcomeOf(error.status, sayFault(error))
    : { kind: 'refused', why: sayFault(error) };
}

/** Sends a file in pieces; `part` hears how much of it has gone, 0 to 1. */
async function upload(
  file: Attached,
  note: (url: string) => Promise<void>,
  part: (share: number) => void,
): Promise<Outcome<string>> {
  const { Upload, DetailedError } = await import('tus-js-client');
  return new Promise((resolve) => {
    let media: string | undefined;
    const tus = new Upload(file.blob, {
      endpoint: '/v1/uploads',
      ...(file.url === undefined ? {} : { uploadUrl: file.url }),
      chunkSize: PIECE,
      // The queue itself tries again, also after days.
      retryDelays: null,
      // What is begun is known by the queue; nothing else is kept by the library.
      storeFingerprintForResuming: false,
      headers: { 'sigap-citizen': '1' },
      metadata: { filename: file.name, filetype: file.type },
      onUploadUrlAvailable: () => {
        if (tus.url !== null) void note(new URL(tus.url, location.href).pathname);
      },
      onProgress: (sent, total) => part(total > 0 ? sent / total : 0),
      onAfterResponse: (_request, response) => {
        media = response.getHeader('Upload-Media-Id') ?? media;
      },
      onSuccess: () => resolve(media ? { kind: 'done', value: media } : { kind: 'later' }),
      onError: (error) => {
        const answer = error instanceof DetailedError ? error.originalResponse : null;
        const no = refusal(answer?.getStatus() ?? null, answer?.getBody());
        resolve(outcomeOf(no.status, sayFault(no)));
      },
    });
    tus.start();
  });
}

function refusal(status: number | null, body: string | undefined): No {
  try {
    const { code, field } = JSON.parse(body ?? '');
    return new No(status, code, field ?? '');
  } catch {
    return new No(status);
  }
}

/** The body of an item as its door takes it. */
export function bodyOf(item: Item): Record<string, unknown> {
  const body: Record<string, unknown> = {
    key: item.key,
    text: item.text,
    sent_at: item.sent_at,
    media: item.files.flatMap((file) => file.media ?? []),
  };
  if (item.lng !== null && item.lat !== null) {
    body.lng = item.lng;
    body.lat = item.lat;
    if (item.accuracy_m !== null) body.accuracy_m = item.accuracy_m;
  }
  if (item.report === null && item.category !== null) body.category = item.category;
  return body;
}

/** The real way; `part` hears how much of the file under way has gone, 0 to 1. */
export function wire(part: (share: number) => void): Wire<Report> {
  return {
    async upload(file, note) {
      const sent = await upload(file, note, part);
      // An upload that was let go of meanwhile begins anew.
      const gone = sent.kind === 'refused' && file.url !== undefined && file.media === undefined;
      if (!gone) return sent;
      file.url = undefined;
      return upload(file, note, part);
    },
    async send(item) {
      const path = '/v1/citizen/reports';
      try {
        if (item.report === null)
          return { kind: 'done', value: await ask<Report>('POST', path, bodyOf(item)) };
        const answer = await ask<{ report: Report }>(
          'POST',
          `${path}/${item.report}/messages`,
          bodyOf(item),
        );
        return { kind: 'done', value: answer.report };
      } catch (error) {
        return outcome(error);
      }
    },
  };
}
