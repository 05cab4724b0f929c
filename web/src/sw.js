/**
 * A page without network: the page and everything it is made of, kept from the last visit.
 * Only files of our own build and the ground of the map; never another answer of the server, so that no
 * data of people is stored.
 * The names in quotes are filled in by offline.ts: one worker for the tablet, one for the citizen's page.
 */
const PAGE = '__PAGE__';
const FILES = '__FILES__';
/** Every page has caches of its own and deletes only those. */
const CACHES = `sigap-${PAGE.slice(1)}-`;
const CACHE = `${CACHES}${'__VERSION__'}`;
/** The ground of the map (areas, roads, names, an own basemap in ranges) outlives a version of the page. */
const GROUND = `${CACHES}ground`;
const IS_GROUND =
  /^\/v1\/map\/(config|areas\.geojson|polsek\.geojson|roads\.geojson|places\.geojson|style\.json|basemap\.pmtiles)$/;
/** Ground that was asked for within this is not asked for again, ms: a city does not change in an hour. */
const GROUND_FRESH_MS = 3600_000;
/** Ranges of a basemap that are kept, at most: some 40 MB. */
const MOST_GROUND = 1200;
const KEPT_AT = 'x-kept-at';
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
            .filter((name) => name.startsWith(CACHES) && name !== CACHE && name !== GROUND)
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
  else if (PAGE === '/tablet' && IS_GROUND.test(url.pathname))
    event.respondWith(ground(event, url));
});

/** A tablet that has just been installed drew its first map without us: what it says it needs is fetched. */
self.addEventListener('message', (event) => {
  if (event.data?.ground === undefined) return;
  const keep = async (path) => {
    const request = new Request(path, { credentials: 'same-origin' });
    const cache = await caches.open(GROUND);
    if ((await cache.match(path)) === undefined) await fetchGround(cache, path, request);
  };
  event.waitUntil(Promise.allSettled(event.data.ground.map(keep)));
});

/** What was kept, at once; asked for anew behind its back when it is older than an hour. */
async function ground(event, url) {
  const range = event.request.headers.get('range');
  const key = range === null ? url.pathname + url.search : `${url.pathname}?range=${range}`;
  const cache = await caches.open(GROUND);
  const kept = await cache.match(key);
  if (kept === undefined) return fetchGround(cache, key, event.request);
  if (Date.now() - Number(kept.headers.get(KEPT_AT)) > GROUND_FRESH_MS)
    event.waitUntil(fetchGround(cache, key, event.request).catch(() => undefined));
  const status = range === null ? 200 : 206;
  return new Response(kept.body, { status, headers: kept.headers });
}

async function fetchGround(cache, key, request) {
  const answer = await fetch(request);
  if (answer.status !== 200 && answer.status !== 206) return answer;
  const headers = new Headers(answer.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  headers.set(KEPT_AT, String(Date.now()));
  // The cache takes no 206: a range is kept as a whole answer under a name of its own.
  const copy = new Response(answer.clone().body, { status: 200, headers });
  await cache
    .put(key, copy)
    .then(() => trim(cache))
    .catch(() => undefined);
  return answer;
}

/** A full device keeps the page; the oldest ranges go first. */
async function trim(cache) {
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST_GROUND))) await cache.delete(old);
}

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
