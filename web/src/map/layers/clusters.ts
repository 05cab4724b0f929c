/**
 * Crowds of units as circles with a number, so that a whole province can be looked at. Only where there
 * are many, and only of those that wait: whoever is under way, at a scene, in danger or chosen is always
 * drawn alone.
 */

import type { Feature } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import { latOf, lngOf, mercatorX, mercatorY } from '../../store/mercator';
import { COLUMN, COLUMNS, type PositionBook } from '../../store/positions';
import type { Id, Unit, UnitStatus } from '../../wire';
import { clustered, type Dot } from '../cluster';
import { DataSource, LABEL_FONT, type MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';

/** Fewer units on duty than this can be looked at one by one. */
const MANY = 1_500;
/** From this zoom on everybody is drawn alone. */
const ALONE_ZOOM = 13.5;
/** A crowd keeps its shape for some seconds; drawing it anew draws the whole map anew. */
const EVERY_MS = 1_000;
const MOVED_MS = 4_000;
/** Zoom steps a click on a cluster goes in. */
const NEARER = 2;

const WAITING: ReadonlySet<UnitStatus> = new Set(['available', 'busy', 'break', 'out_of_service']);

export class UnitClustersLayer implements MapLayer {
  #source = new DataSource('unit-clusters');
  #map: MapLibre | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #units: ReadonlyMap<Id, Unit> = new Map();
  #selected: Id | null = null;
  #drawn = '';
  #inside: ReadonlySet<Id> = new Set();
  /** What the last picture was made of. */
  #made = { version: -1, zoom: -1, units: this.#units, selected: this.#selected };
  #madeMs = 0;

  /** `hide` hears which units are inside a cluster now. */
  constructor(
    private readonly positions: PositionBook,
    private readonly hide: (units: ReadonlySet<Id>) => void,
  ) {}

  set(units: ReadonlyMap<Id, Unit>, selected: Id | null): void {
    this.#units = units;
    this.#selected = selected;
    this.#refresh();
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#map = map;
    this.#source.attach(map);
    addInOrder(map, {
      id: 'unit-cluster',
      type: 'circle',
      source: 'unit-clusters',
      paint: {
        'circle-color': palette.unit.available,
        'circle-opacity': 0.9,
        'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'count']], 2, 11, 30, 34],
        'circle-stroke-color': palette.unitOutline,
        'circle-stroke-width': 2,
      },
    });
    addInOrder(map, {
      id: 'unit-cluster-count',
      type: 'symbol',
      source: 'unit-clusters',
      layout: {
        'text-field': ['get', 'label'],
        'text-font': LABEL_FONT,
        'text-size': 12,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': palette.unitOutline },
    });
    this.#timer ??= setInterval(() => this.#refresh(), EVERY_MS);
    map.on('zoomend', this.#refresh);
  }

  drop(): void {
    clearInterval(this.#timer);
    this.#map?.off('zoomend', this.#refresh);
  }

  /** Goes nearer to the cluster under a point of the screen; false when there is none. */
  enter(x: number, y: number): boolean {
    const map = this.#map;
    if (map?.getLayer('unit-cluster') === undefined) return false;
    const [hit] = map.queryRenderedFeatures([x, y], { layers: ['unit-cluster'] });
    if (hit === undefined || hit.geometry.type !== 'Point') return false;
    const [lng = 0, lat = 0] = hit.geometry.coordinates;
    map.easeTo({
      center: [lng, lat],
      zoom: Math.min(ALONE_ZOOM, map.getZoom() + NEARER),
      duration: 400,
    });
    return true;
  }

  readonly #refresh = (): void => {
    const map = this.#map;
    if (map === null || document.hidden) return;
    const of = {
      version: this.positions.version,
      zoom: Math.floor(map.getZoom() * 2),
      units: this.#units,
      selected: this.#selected,
    };
    const made = this.#made;
    const now = performance.now();
    const moved = of.version !== made.version && now - this.#madeMs >= MOVED_MS;
    const same = of.zoom === made.zoom && of.units === made.units && of.selected === made.selected;
    if (same && !moved) return;
    this.#made = of;
    this.#madeMs = now;
    const inside = new Set<Id>();
    const features: Feature[] = [];
    if (this.#units.size >= MANY && map.getZoom() < ALONE_ZOOM) {
      for (const { x, y, items } of clustered(this.#dots(), map.getZoom()).clusters) {
        for (const id of items) inside.add(id);
        features.push({
          type: 'Feature',
          properties: { count: items.length, label: String(items.length) },
          geometry: { type: 'Point', coordinates: [lngOf(x), latOf(y)] },
        });
      }
    }
    if (!sameSet(inside, this.#inside)) this.hide(inside);
    this.#inside = inside;
    const seen = JSON.stringify(features);
    if (seen === this.#drawn) return;
    this.#drawn = seen;
    this.#source.set({ type: 'FeatureCollection', features });
  };

  #dots(): Dot<Id>[] {
    const { data } = this.positions;
    const dots: Dot<Id>[] = [];
    for (const unit of this.#units.values()) {
      if (!WAITING.has(unit.status) || unit.emergency || unit.id === this.#selected) continue;
      const at = this.positions.row(unit.id) * COLUMNS;
      const x = at < 0 ? mercatorX(unit.post.lng) : (data[at + COLUMN.toX] ?? 0);
      const y = at < 0 ? mercatorY(unit.post.lat) : (data[at + COLUMN.toY] ?? 0);
      dots.push({ item: unit.id, x, y });
    }
    return dots;
  }
}

const sameSet = (a: ReadonlySet<Id>, b: ReadonlySet<Id>): boolean =>
  a.size === b.size && [...a].every((item) => b.has(item));
