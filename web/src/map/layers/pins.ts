/** Reports that are not incidents yet: a pin, and for the chosen one the circle it may lie in. */

import type { Map as MapLibre } from 'maplibre-gl';
import type { Id, LngLat, Priority, Report } from '../../wire';
import { circle } from '../geometry';
import { DataSource, LABEL_FONT, type MapLayer, NOTHING } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

/** A circle smaller than this says nothing on the map, metres. */
const SMALLEST_CIRCLE_M = 15;

export class PinsLayer implements MapLayer {
  #pins = new DataSource('pins');
  #circle = new DataSource('pin-circle');

  set(reports: readonly Report[], selected: Id | null): void {
    this.#pins.set({
      type: 'FeatureCollection',
      features: reports.flatMap((report) => {
        if (report.place === null) return [];
        const { priority } = report.reading;
        return [pinFeature(report.id, report.place, priority, report.id === selected)];
      }),
    });
  }

  /** The uncertainty of the chosen place; null takes it away. */
  uncertainty(at: LngLat | null, radiusM = 0): void {
    if (at === null || radiusM < SMALLEST_CIRCLE_M) {
      this.#circle.set(NOTHING);
      return;
    }
    this.#circle.set({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: {}, geometry: circle(at, radiusM) }],
    });
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#pins.attach(map);
    this.#circle.attach(map);
    addInOrder(map, {
      id: 'pin-circle',
      type: 'fill',
      source: 'pin-circle',
      paint: { 'fill-color': palette.uncertainty, 'fill-opacity': 0.12 },
    });
    addInOrder(map, {
      id: 'pin-circle-line',
      type: 'line',
      source: 'pin-circle',
      paint: {
        'line-color': palette.uncertainty,
        'line-width': 1.5,
        'line-dasharray': [3, 2],
      },
    });
    addInOrder(map, {
      id: 'pin',
      type: 'symbol',
      source: 'pins',
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-anchor': 'bottom',
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'order'],
        'text-font': LABEL_FONT,
      },
    });
  }
}

function pinFeature(id: Id, at: LngLat, priority: Priority, selected: boolean) {
  return {
    type: 'Feature' as const,
    properties: {
      id,
      icon: `pin-${priority}${selected ? '-selected' : ''}`,
      order: selected ? 9 : 5 - priority,
    },
    geometry: { type: 'Point' as const, coordinates: [at.lng, at.lat] },
  };
}
