/** Call signs of the units in view, once one is close enough to read them. */

import type { Feature } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import { type Freshness, freshness, type PositionBook } from '../../store/positions';
import type { Id, Unit } from '../../wire';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

const LABEL_ZOOM = 12.5;
/** More names than this are a blur. */
const MOST_LABELS = 160;
/** Each time the whole map is drawn anew: names follow their units in steps. */
const EVERY_MS = 1_000;

export class UnitLabelsLayer implements MapLayer {
  #source = new DataSource('unit-names');
  #map: MapLibre | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #units: ReadonlyMap<Id, Unit> = new Map();
  #selected: Id | null = null;
  #hidden: ReadonlySet<Id> = new Set();
  #drawn = '';
  #says: (state: Exclude<Freshness, 'fresh'>) => string = (state) => state;

  constructor(
    private readonly positions: PositionBook,
    private readonly serverMs: () => number,
  ) {}

  /** `says` gives the word for an old position. */
  set(
    units: ReadonlyMap<Id, Unit>,
    selected: Id | null,
    says: (state: Exclude<Freshness, 'fresh'>) => string,
  ): void {
    this.#units = units;
    this.#selected = selected;
    this.#says = says;
    this.#refresh();
  }

  /** These are drawn by a cluster, which has no name. */
  hide(units: ReadonlySet<Id>): void {
    this.#hidden = units;
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#map = map;
    this.#source.attach(map);
    addInOrder(map, {
      id: 'unit-name',
      type: 'symbol',
      source: 'unit-names',
      layout: {
        'text-field': ['get', 'name'],
        'text-font': LABEL_FONT,
        'text-size': 11,
        'text-offset': [0, 1],
        'text-anchor': 'top',
        'text-padding': 1,
        'text-max-width': 16,
      },
      paint: {
        'text-color': palette.ink,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.6,
      },
    });
    this.#timer ??= setInterval(() => this.#refresh(), EVERY_MS);
  }

  drop(): void {
    clearInterval(this.#timer);
  }

  /** A fading symbol is not the only sign of an old position: the name says it too. */
  #name(unit: Unit, serverMs: number): string {
    const state = freshness(this.positions.fixMs(unit.id), serverMs);
    if (state === 'fresh' || unit.status === 'off_duty') return unit.call_sign;
    return `${unit.call_sign}\n${this.#says(state)}`;
  }

  #refresh(): void {
    const map = this.#map;
    if (map === null || document.hidden) return;
    const close = map.getZoom() >= LABEL_ZOOM;
    const bounds = map.getBounds();
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const [south, north] = [bounds.getSouth(), bounds.getNorth()];
    const now = performance.now();
    const server = this.serverMs();
    const features: Feature[] = [];
    for (const unit of this.#units.values()) {
      if (features.length >= MOST_LABELS) break;
      if (this.#hidden.has(unit.id)) continue;
      if (unit.status === 'off_duty' && unit.id !== this.#selected) continue;
      if (!close && unit.id !== this.#selected && !unit.emergency) continue;
      const at = this.positions.at(unit.id, now) ?? unit.post;
      if (at.lng < west || at.lng > east || at.lat < south || at.lat > north) continue;
      features.push({
        type: 'Feature',
        properties: { name: this.#name(unit, server) },
        geometry: { type: 'Point', coordinates: [at.lng, at.lat] },
      });
    }
    const seen = JSON.stringify(features);
    if (seen === this.#drawn) return;
    this.#drawn = seen;
    this.#source.set({ type: 'FeatureCollection', features });
  }
}
