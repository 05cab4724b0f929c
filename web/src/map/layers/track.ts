/** Where a unit was: the way it was seen on, broken lines where nothing was heard, and where it is in the play. */

import type { Feature } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import type { LngLat } from '../../wire';
import { DataSource, LABEL_FONT, type MapLayer, NOTHING } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

const place = ({ lng, lat }: LngLat): [number, number] => [lng, lat];

const line = (kind: 'seen' | 'gap', points: readonly LngLat[]): Feature => ({
  type: 'Feature',
  properties: { kind },
  geometry: { type: 'LineString', coordinates: points.map(place) },
});

export class TrackLayer implements MapLayer {
  #way = new DataSource('track');
  #here = new DataSource('track-here');

  /** The whole way; null takes it away. */
  set(way: { seen: LngLat[][]; gaps: [LngLat, LngLat][] } | null): void {
    const features =
      way === null
        ? []
        : [...way.seen.map((one) => line('seen', one)), ...way.gaps.map((one) => line('gap', one))];
    this.#way.set({ type: 'FeatureCollection', features });
  }

  /** The moment that is shown; null takes it away. */
  mark(here: { at: LngLat; label: string; known: boolean } | null): void {
    if (here === null) {
      this.#here.set(NOTHING);
      return;
    }
    const { at, label, known } = here;
    const geometry = { type: 'Point', coordinates: place(at) } as const;
    this.#here.set({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: { label, known }, geometry }],
    });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#way.attach(map);
    this.#here.attach(map);
    const shape = { 'line-cap': 'round', 'line-join': 'round' } as const;
    addInOrder(map, {
      id: 'track-casing',
      type: 'line',
      source: 'track',
      filter: ['==', ['get', 'kind'], 'seen'],
      layout: shape,
      paint: { 'line-color': palette.halo, 'line-width': 7, 'line-opacity': 0.85 },
    });
    addInOrder(map, {
      id: 'track-line',
      type: 'line',
      source: 'track',
      filter: ['==', ['get', 'kind'], 'seen'],
      layout: shape,
      paint: { 'line-color': palette.route, 'line-width': 3.5 },
    });
    addInOrder(map, {
      id: 'track-gap',
      type: 'line',
      source: 'track',
      filter: ['==', ['get', 'kind'], 'gap'],
      paint: {
        'line-color': palette.uncertainty,
        'line-width': 2,
        'line-dasharray': [1.5, 2.5],
      },
    });
    addInOrder(map, {
      id: 'track-here',
      type: 'circle',
      source: 'track-here',
      paint: {
        'circle-radius': 9,
        'circle-color': ['case', ['get', 'known'], palette.route, palette.land],
        'circle-stroke-color': ['case', ['get', 'known'], palette.selected, palette.uncertainty],
        'circle-stroke-width': 3,
      },
    });
    addInOrder(map, {
      id: 'track-time',
      type: 'symbol',
      source: 'track-here',
      layout: {
        'text-field': ['get', 'label'],
        'text-font': LABEL_FONT,
        'text-size': 13,
        'text-max-width': 20,
        'text-offset': [0, -1.3],
        'text-anchor': 'bottom',
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
    });
  }
}
