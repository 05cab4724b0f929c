/** A line being measured: its points, and how far it is to each of them. */

import type { Feature } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import type { LngLat } from '../../wire';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

export class MeasureLayer implements MapLayer {
  #source = new DataSource('measure');

  /** `labels` stand beside the points, in order. */
  set(points: readonly LngLat[], labels: readonly string[]): void {
    const at = ({ lng, lat }: LngLat) => [lng, lat];
    const features: Feature[] = points.map((point, n) => ({
      type: 'Feature',
      properties: { label: labels[n] ?? '' },
      geometry: { type: 'Point', coordinates: at(point) },
    }));
    if (points.length > 1) {
      features.push({
        type: 'Feature',
        properties: {},
        geometry: { type: 'LineString', coordinates: points.map(at) },
      });
    }
    this.#source.set({ type: 'FeatureCollection', features });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#source.attach(map);
    addInOrder(map, {
      id: 'measure-line',
      type: 'line',
      source: 'measure',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': palette.ink, 'line-width': 2.5, 'line-dasharray': [2, 1.4] },
    });
    addInOrder(map, {
      id: 'measure-point',
      type: 'circle',
      source: 'measure',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-color': palette.halo,
        'circle-radius': 4.5,
        'circle-stroke-color': palette.ink,
        'circle-stroke-width': 2,
      },
    });
    addInOrder(map, {
      id: 'measure-name',
      type: 'symbol',
      source: 'measure',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['get', 'label'],
        'text-font': LABEL_FONT,
        'text-size': 13,
        'text-offset': [0, -1.2],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': palette.ink, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
    });
  }
}
