/** Figures as a crew reads them at a glance. Pure; Indonesian number forms by Intl. */

/** Travel time for a crew: "kurang dari 1" below a minute is a number too, so minutes round up. */
export function minutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}

/** Road distance: "350 m", "1,2 km", "14 km". Rounded to 10 m below a kilometre. */
export function distance(metres: number, locale: string): string {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  const digits = metres < 9_950 ? 1 : 0;
  const km = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(metres / 1000);
  return `${km} km`;
}

/** Time since a stamp as m:ss, or h:mm:ss past an hour. */
export function elapsed(fromMs: number, nowMs: number): string {
  const total = Math.max(0, Math.floor((nowMs - fromMs) / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Great-circle distance in metres (haversine, mean earth radius R1 of GRS 80). */
export function metresBetween(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  const rad = Math.PI / 180;
  const dLat = (b.lat - a.lat) * rad;
  const dLng = (b.lng - a.lng) * rad;
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLng / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}
