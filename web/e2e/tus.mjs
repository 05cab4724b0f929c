// A real tus client against a running server: sends a file, breaks off, goes on, and says how it went.
//   node e2e/tus.mjs BASE_URL TOKEN FILE BREAK_OFF_AT_BYTES
import { readFileSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [base, token, file, breakOffAt] = process.argv.slice(2);
const bytes = readFileSync(file);
const said = { requests: [], broke_off_at: null, resumed_at: null, media_id: null };

function send(uploadUrl, onProgress) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint: `${base}/v1/uploads`,
      uploadUrl,
      chunkSize: 400_000,
      retryDelays: [50, 200, 500],
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'tawuran.mp4', filetype: 'video/mp4' },
      onProgress: (sent) => onProgress?.(sent, upload, resolve),
      onAfterResponse: (request, response) => {
        said.requests.push(`${request.getMethod()} ${response.getStatus()}`);
        said.media_id = response.getHeader('Upload-Media-Id') ?? said.media_id;
        if (request.getMethod() === 'HEAD')
          said.resumed_at = Number(response.getHeader('Upload-Offset'));
      },
      onError: reject,
      onSuccess: () => resolve(upload.url),
    });
    upload.start();
  });
}

const url = await send(null, (sent, upload, resolve) => {
  if (said.broke_off_at !== null || sent < Number(breakOffAt)) return;
  said.broke_off_at = sent;
  upload.abort().then(() => resolve(upload.url));
});
await send(url, null);
console.log(JSON.stringify(said));
