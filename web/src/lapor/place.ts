/** Where the telephone is: one reading, as good as it gets within some seconds. */

export interface Fix {
  lng: number;
  lat: number;
  accuracy_m: number;
}

/** A reading better than this is good enough, metres. */
const GOOD_M = 30;
/** No longer than this is waited for a better one, ms. */
const PATIENCE_MS = 12_000;
/** Worse than this, the point should be moved on the map, metres. */
export const ROUGH_M = 150;

const round6 = (degrees: number) => Math.round(degrees * 1e6) / 1e6;

/** The best reading within the patience; `null` when the telephone or its owner says no. */
export function whereAmI(
  geolocation: Geolocation | undefined = navigator.geolocation,
): Promise<Fix | null> {
  if (geolocation === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    let best: Fix | null = null;
    const end = () => {
      clearTimeout(timer);
      geolocation.clearWatch(watch);
      resolve(best);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    const watch = geolocation.watchPosition(
      ({ coords }) => {
        if (best === null || coords.accuracy < best.accuracy_m) {
          best = {
            lng: round6(coords.longitude),
            lat: round6(coords.latitude),
            accuracy_m: Math.round(Math.min(coords.accuracy, 100_000)),
          };
        }
        if (best.accuracy_m <= GOOD_M) end();
      },
      end,
      { enableHighAccuracy: true, maximumAge: 15_000, timeout: PATIENCE_MS },
    );
  });
}
