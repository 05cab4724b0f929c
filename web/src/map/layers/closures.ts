/** Closed and slowed roads: a hatched red line or area with the reason; and what is being drawn. */

import type { Feature, Geometry } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import type { Closure, Drawing, LngLat } from '../../wire';
import { DataSource, LABEL_FONT, type MapLayer, NOTHING } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

export class ClosuresLayer implements MapLayer {
  #closures = new DataSource('closures');
  #draft = new DataSource('closure-draft');

  /** `label` gives the words along the line. */
  set(closures: readonly Closure[], label: (one: Closure) => string): void {
    this.#closures.set({
      type: 'FeatureCollection',
      features: closures.map((one) => ({
        type: 'Feature',
        properties: { id: one.id, label: label(one), slow: one.factor !== undefined },
        geometry: one.geometry satisfies Geometry,
      })),
    });
  }

  /** The drawing under the hand; nothing takes it away. */
  draft(points: readonly LngLat[], kind: Drawing['type']): void {
    if (points.length === 0) {
      this.#draft.set(NOTHING);
      return;
    }
    const line = points.map(({ lng, lat }) => [lng, lat]);
    const [first] = line;
    const closed = kind === 'Polygon' && first !== undefined && line.length > 2;
    const features: Feature[] = points.map(({ lng, lat }) => ({
      type: 'Feature',
      properties: {},
      geometry: { type: 'Point', coordinates: [lng, lat] },
    }));
    if (line.length > 1) {
      features.push({
        type: 'Feature',
        properties: {},
        geometry: { type: 'LineString', coordinates: closed ? [...line, first] : line },
      });
    }
    this.#draft.set({ type: 'FeatureCollection', features });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#closures.attach(map);
    this.#draft.attach(map);
    const red = palette.emergency;
    addInOrder(map, {
      id: 'closure-fill',
      type: 'fill',
      source: 'closures',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': red, 'fill-opacity': 0.16 },
    });
    // White under broken red: hatched like a barrier, and readable without colour.
    addInOrder(map, {
      id: 'closure-casing',
      type: 'line',
      source: 'closures',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': palette.halo, 'line-width': 8, 'line-opacity': 0.9 },
    });
    addInOrder(map, {
      id: 'closure-line',
      type: 'line',
      source: 'closures',
      filter: ['!', ['get', 'slow']],
      paint: { 'line-color': red, 'line-width': 6, 'line-dasharray': [0.9, 0.6] },
    });
    addInOrder(map, {
      id: 'closure-slow',
      type: 'line',
      source: 'closures',
      filter: ['get', 'slow'],
      paint: { 'line-color': palette.uncertainty, 'line-width': 5, 'line-dasharray': [2.4, 1.2] },
    });
    addInOrder(map, {
      id: 'closure-draft',
      type: 'line',
      source: 'closure-draft',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': red, 'line-width': 3, 'line-dasharray': [1, 1] },
    });
    addInOrder(map, {
      id: 'closure-draft-point',
      type: 'circle',
      source: 'closure-draft',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-color': palette.halo,
        'circle-radius': 4,
        'circle-stroke-color': red,
        'circle-stroke-width': 2,
      },
    });
    addInOrder(map, {
      id: 'closure-name',
      type: 'symbol',
      source: 'closures',
      layout: {
        'text-field': ['get', 'label'],
        'text-font': LABEL_FONT,
        'text-size': 12,
        'text-offset': [0, 1.1],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': red, 'text-halo-color': palette.halo, 'text-halo-width': 2 },
    });
  }
}
