/** Polsek: dashed outlines, the station as a small square, its name. */

import type { Feature, FeatureCollection, Point } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import type { LngLat } from '../../wire';
import { labelPoints } from '../geometry';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

/** A Polsek as the map and the cards need it. */
export interface PolsekInfo {
  code: string;
  name: string;
  polres: string;
  seat: LngLat | null;
}

const isPoint = (feature: Feature): feature is Feature<Point> => feature.geometry?.type === 'Point';

/** Names and stations out of polsek.geojson, by code. */
export function readPolsek(data: FeatureCollection): Map<string, PolsekInfo> {
  const found = new Map<string, PolsekInfo>();
  for (const feature of data.features) {
    const { code, name, polres } = (feature.properties ?? {}) as Partial<PolsekInfo>;
    if (code === undefined) continue;
    const info = found.get(code) ?? {
      code,
      name: name ?? code,
      polres: polres ?? '',
      seat: null,
    };
    if (isPoint(feature)) {
      const [lng = 0, lat = 0] = feature.geometry.coordinates;
      info.seat = { lng, lat };
    }
    found.set(code, info);
  }
  return found;
}

export class PolsekLayer implements MapLayer {
  #outlines = new DataSource('polsek');
  #seats = new DataSource('polsek-seats');

  set(data: FeatureCollection): void {
    const outlines = data.features.filter((feature) => !isPoint(feature));
    const seats = data.features.filter(isPoint);
    this.#outlines.set({ type: 'FeatureCollection', features: outlines });
    this.#seats.set({
      type: 'FeatureCollection',
      features: seats.length > 0 ? seats : labelPoints(outlines),
    });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#outlines.attach(map);
    this.#seats.attach(map);
    addInOrder(map, {
      id: 'polsek-line',
      type: 'line',
      source: 'polsek',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.polsekLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1, 15, 2.4],
        'line-dasharray': [4, 2],
      },
    });
    addInOrder(map, {
      id: 'polsek-seat',
      type: 'symbol',
      source: 'polsek-seats',
      minzoom: 11,
      layout: { 'icon-image': 'station', 'icon-size': 1, 'icon-allow-overlap': true },
    });
    addInOrder(map, {
      id: 'polsek-name',
      type: 'symbol',
      source: 'polsek-seats',
      layout: {
        'text-field': ['get', 'name'],
        'text-font': LABEL_FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 10, 11, 15, 14],
        'text-offset': [0, 0.9],
        'text-anchor': 'top',
        'text-max-width': 9,
      },
      paint: {
        'text-color': palette.ink,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.6,
      },
    });
  }
}
