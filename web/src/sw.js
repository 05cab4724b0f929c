/**
 * A page without network: the page and everything it is made of, kept from the last visit.
 * Only files of our own build; never an answer of the server, so that no data of people is stored.
 * The names in quotes are filled in by offline.ts: one worker for the tablet, one for the citizen's page.
 */
const PAGE = '__PAGE__';
const FILES = '__FILES__';
/** Every page has caches of its own and deletes only those. */
const CACHES = `sigap-${PAGE.slice(1)}-`;
const CACHE = `${CACHES}${'__VERSION__'}`;
/** A network that takes longer than this to give the page is no network, ms. */
const PATIENCE_MS = 4000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith(CACHES) && name !== CACHE)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event.request));
  else if (event.request.mode === 'navigate' && url.pathname === PAGE)
    event.respondWith(page(event.request));
});

/** Names carry a hash: what is kept is never old. */
async function asset(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

/** The newest page when the network gives it in time, else the kept one. */
async function page(request) {
  const kept = await caches.match(PAGE);
  if (kept === undefined) return fetch(request);
  const tired = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  const fresh = fetch(request).then((answer) => (answer.ok || answer.redirected ? answer : kept));
  return Promise.race([fresh.catch(() => kept), tired]);
}
