/**
 * Roads by class, with casing and names. Arterials at once; streets and gang are fetched by the
 * map's worker when somebody first looks closely.
 */

import type { ExpressionSpecification, Map as MapLibre } from 'maplibre-gl';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

const ARTERIAL_URL = '/v1/map/roads.geojson?class=arterial';
const STREET_URL = '/v1/map/roads.geojson?class=street';
/** Streets are drawn from here on. */
const STREET_ZOOM = 12.5;

/** Line width in pixels at a zoom, by class; casing adds `extra`. */
function width(extra: number): ExpressionSpecification {
  const by = (toll: number, primary: number, secondary: number, tertiary: number, street: number) =>
    [
      'match',
      ['get', 'class'],
      'toll',
      toll + extra,
      'primary',
      primary + extra,
      'secondary',
      secondary + extra,
      'tertiary',
      tertiary + extra,
      'gang',
      street * 0.55 + extra * 0.6,
      street + extra,
    ] as ExpressionSpecification;
  return [
    'interpolate',
    ['exponential', 1.5],
    ['zoom'],
    10,
    by(1.6, 1.3, 0.8, 0.5, 0.2),
    13,
    by(3.4, 3, 2.2, 1.6, 0.8),
    17,
    by(15, 14, 12, 10, 7),
  ];
}

export class RoadsLayer implements MapLayer {
  #arterial = new DataSource('roads-arterial');
  #street = new DataSource('roads-street');
  #near = false;

  load(): void {
    this.#arterial.set(new URL(ARTERIAL_URL, location.href).href);
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#arterial.attach(map);
    this.#street.attach(map);
    this.#drawSet(map, palette, 'street');
    this.#drawSet(map, palette, 'arterial');
    map.on('zoomend', () => this.#approach(map));
    this.#approach(map);
  }

  #approach(map: MapLibre): void {
    if (this.#near || map.getZoom() < STREET_ZOOM) return;
    this.#near = true;
    this.#street.set(new URL(STREET_URL, location.href).href);
  }

  #drawSet(map: MapLibre, palette: Palette, set: 'arterial' | 'street'): void {
    const { road } = palette;
    const near = set === 'street' ? { minzoom: STREET_ZOOM } : {};
    const shape = { 'line-cap': 'round', 'line-join': 'round' } as const;
    const source = `roads-${set}`;
    addInOrder(map, {
      id: `road-casing-${set}`,
      type: 'line',
      source,
      ...near,
      layout: shape,
      paint: { 'line-color': palette.roadCasing, 'line-width': width(1.4) },
    });
    addInOrder(map, {
      id: `road-line-${set}`,
      type: 'line',
      source,
      ...near,
      layout: shape,
      paint: {
        'line-color': [
          'match',
          ['get', 'class'],
          'toll',
          road.toll,
          'primary',
          road.primary,
          'secondary',
          road.secondary,
          'tertiary',
          road.tertiary,
          road.street,
        ],
        'line-width': width(0),
      },
    });
    addInOrder(map, {
      id: `road-name-${set}`,
      type: 'symbol',
      source,
      minzoom: set === 'street' ? 15 : 12.5,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 320,
        'text-field': ['get', 'name'],
        'text-font': LABEL_FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10, 17, 13],
        'text-padding': 6,
      },
      paint: {
        'text-color': palette.inkSoft,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.4,
      },
    });
  }
}
