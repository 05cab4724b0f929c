import { afterEach, expect, test, vi } from 'vitest';
import { whereAmI } from './place';

afterEach(() => vi.useRealTimers());

/** A telephone that gives these readings at once, then says no when it is to. */
function telephone(readings: number[], refuses = false) {
  const cleared: number[] = [];
  const geolocation = {
    watchPosition(found: PositionCallback, failed: PositionErrorCallback) {
      queueMicrotask(() => {
        for (const accuracy of readings) {
          found({
            coords: { longitude: 98.67123456, latitude: 3.59, accuracy },
          } as GeolocationPosition);
        }
        if (refuses) failed({ code: 1 } as GeolocationPositionError);
      });
      return 7;
    },
    clearWatch: (id: number) => void cleared.push(id),
  } as unknown as Geolocation;
  return { geolocation, cleared };
}

test('the first good reading ends the search', async () => {
  const { geolocation, cleared } = telephone([900, 18]);
  expect(await whereAmI(geolocation)).toEqual({ lng: 98.671235, lat: 3.59, accuracy_m: 18 });
  expect(cleared).toEqual([7]);
});

test('a rough reading is the answer when nothing better comes in time', async () => {
  vi.useFakeTimers();
  const { geolocation } = telephone([900, 2000]);
  const asked = whereAmI(geolocation);
  await vi.advanceTimersByTimeAsync(12_000);
  expect((await asked)?.accuracy_m).toBe(900);
});

test('who forbids it gets no point', async () => {
  expect(await whereAmI(telephone([], true).geolocation)).toBeNull();
});
