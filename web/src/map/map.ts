/**
 * The city map every screen shares. Opens MapLibre with our own style (or the office's), draws the
 * layers in their order, and draws them again when the theme changes. Screens feed the layers.
 */

import {
  LngLatBounds,
  Map as MapLibre,
  type MapMouseEvent,
  Marker,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { api } from '../api';
import type { PositionBook } from '../store/positions';
import { onTheme, type Theme, theme } from '../theme';
import type { LngLat, MapConfig } from '../wire';
import { easeMoves } from './ease';
import { circle } from './geometry';
import type { MapLayer } from './layer';
import { AreasLayer } from './layers/areas';
import { Basemap, readPmtiles } from './layers/basemap';
import { ClosuresLayer } from './layers/closures';
import { UnitClustersLayer } from './layers/clusters';
import { IncidentsLayer } from './layers/incidents';
import { UnitLabelsLayer } from './layers/labels';
import { MeasureLayer } from './layers/measure';
import { PinsLayer } from './layers/pins';
import { PlacesLayer } from './layers/places';
import { type PolsekInfo, PolsekLayer, readPolsek } from './layers/polsek';
import { RoadsLayer } from './layers/roads';
import { RouteLayer } from './layers/route';
import { TrackLayer } from './layers/track';
import { UnitsLayer } from './layers/units';
import { type Palette, paletteOf } from './palette';
import { baseStyle, fontFaces } from './style';
import { addSymbols } from './symbols';

setWorkerUrl(workerUrl);

/** How far beyond the office's bounds one may pan, degrees. */
const MARGIN_DEG = 0.25;

/**
 * Names fade in and out, milliseconds. Not 0: MapLibre then places every name anew in each frame it draws; so it
 * does once in this time and only when the map was moved or the names changed.
 */
const LABEL_FADE_MS = 100;

/** What was clicked. */
export type Hit = { at: LngLat } & (
  | { kind: 'unit' | 'incident' | 'report'; id: string }
  | { kind: 'ground' }
);

export interface MapOptions {
  /** Draw moving units out of this book. */
  positions?: PositionBook;
  /** Milliseconds of the server's clock, for the age of fixes. */
  serverMs?: () => number;
  /** Other layers of a screen (heatmap cells, a track), drawn with ours. */
  extra?: MapLayer[];
  /** Hears the names and stations of the Polsek once they are known. */
  onPolsek?: (info: ReadonlyMap<string, PolsekInfo>) => void;
  /** Where to look first; the office's bounds when absent. */
  look?: { center: LngLat; zoom: number };
}

export class CityMap {
  readonly areas = new AreasLayer();
  readonly polsek = new PolsekLayer();
  readonly roads = new RoadsLayer();
  readonly places = new PlacesLayer();
  readonly closures = new ClosuresLayer();
  readonly route = new RouteLayer();
  readonly track = new TrackLayer();
  readonly incidents = new IncidentsLayer();
  readonly pins = new PinsLayer();
  readonly measure = new MeasureLayer();
  readonly units: UnitsLayer | null;
  readonly labels: UnitLabelsLayer | null;
  readonly clusters: UnitClustersLayer | null;
  /** Names and stations of the Polsek, by code; filled when polsek.geojson has come. */
  polsekInfo: ReadonlyMap<string, PolsekInfo> = new Map();

  #layers: MapLayer[];
  #onPolsek: MapOptions['onPolsek'];
  #deaf: () => void;
  #uneased: () => void;

  private constructor(
    readonly map: MapLibre,
    readonly config: MapConfig,
    options: MapOptions,
  ) {
    const { positions, serverMs = Date.now } = options;
    this.units = positions === undefined ? null : new UnitsLayer(positions, serverMs);
    this.labels = positions === undefined ? null : new UnitLabelsLayer(positions, serverMs);
    this.clusters =
      positions === undefined
        ? null
        : new UnitClustersLayer(positions, (inside) => {
            this.units?.hide(inside);
            this.labels?.hide(inside);
          });
    const base = config.style === null ? [this.areas, this.roads, this.places] : [];
    this.#layers = [
      ...(config.pmtiles === null ? [] : [new Basemap(config.pmtiles)]),
      ...base,
      this.polsek,
      this.closures,
      this.track,
      this.route,
      this.pins,
      ...(this.units === null || this.labels === null ? [] : [this.units, this.labels]),
      ...(this.clusters === null ? [] : [this.clusters]),
      this.incidents,
      this.measure,
      ...(options.extra ?? []),
    ];
    this.#onPolsek = options.onPolsek;
    map.on('style.load', () => this.#draw());
    // A source it could not fetch: the session ended or the network is away. The screen says so itself; without
    // a listener the map would write it to the console as a fault.
    map.on('error', () => undefined);
    this.#deaf = onTheme((next) => this.#dress(next));
    this.#uneased = easeMoves(map);
    void this.#loadGround();
  }

  /** Opens a map in `container`; fails when the server gives no settings or there is no WebGL. */
  static async open(container: HTMLElement, options: MapOptions = {}): Promise<CityMap> {
    const config = await api.map.config();
    if (config.pmtiles !== null) await readPmtiles();
    const [west, south, east, north] = config.bounds;
    const map = new MapLibre({
      container,
      style: config.style ?? baseStyle(paletteOf(theme())),
      ...(options.look === undefined
        ? { bounds: config.bounds, fitBoundsOptions: { padding: 24 } }
        : { center: options.look.center, zoom: options.look.zoom }),
      maxBounds: [
        [west - MARGIN_DEG, south - MARGIN_DEG],
        [east + MARGIN_DEG, north + MARGIN_DEG],
      ],
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: LABEL_FADE_MS,
    });
    map.touchZoomRotate.disableRotation();
    return new CityMap(map, config, options);
  }

  /** Resolves when the first picture is complete. */
  drawn(): Promise<void> {
    return new Promise((resolve) => {
      if (this.map.loaded()) resolve();
      else this.map.once('idle', () => resolve());
    });
  }

  /** The part of the world on screen: what positions are wanted for. */
  view(): { bbox: [number, number, number, number]; zoom: number } {
    const bounds = this.map.getBounds();
    return {
      bbox: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
      zoom: this.map.getZoom(),
    };
  }

  /** Hears the view now and after every move; the answer stops it. */
  onView(ear: (view: ReturnType<CityMap['view']>) => void): () => void {
    const tell = () => ear(this.view());
    this.map.on('moveend', tell);
    this.map.on('resize', tell);
    tell();
    return () => {
      this.map.off('moveend', tell);
      this.map.off('resize', tell);
    };
  }

  /** Hears clicks: the incident, pin or unit under it, else the ground. */
  onHit(ear: (hit: Hit) => void): () => void {
    const click = (event: MapMouseEvent) => {
      const hit = this.#hit(event);
      const crowd = hit.kind === 'ground' && this.clusters?.enter(event.point.x, event.point.y);
      if (crowd !== true) ear(hit);
    };
    this.map.on('click', click);
    return () => this.map.off('click', click);
  }

  /** Glides to a point; never zooms out. */
  goTo(at: LngLat, zoom = 14.5): void {
    this.map.easeTo({
      center: [at.lng, at.lat],
      zoom: Math.max(zoom, this.map.getZoom()),
      duration: 500,
    });
  }

  /** Shows a place with the whole circle it may lie in. */
  showCircle(at: LngLat, radiusM: number): void {
    const [ring = []] = circle(at, Math.max(radiusM, 60)).coordinates;
    this.fit(ring.map(([lng = at.lng, lat = at.lat]) => ({ lng, lat })));
  }

  /** Shows all of these points at once. */
  fit(points: readonly LngLat[], padding = 80): void {
    const [first, ...rest] = points;
    if (first === undefined) return;
    const box = new LngLatBounds([first.lng, first.lat], [first.lng, first.lat]);
    for (const point of rest) box.extend([point.lng, point.lat]);
    this.map.fitBounds(box, { padding, maxZoom: 15.5, duration: 500 });
  }

  /** A pin that can be dragged; `dropped` hears where. The answer takes it away. */
  dragPin(at: LngLat, dropped: (at: LngLat) => void): () => void {
    const marker = new Marker({ draggable: true, color: paletteOf(theme()).uncertainty })
      .setLngLat([at.lng, at.lat])
      .addTo(this.map);
    marker.on('dragend', () => {
      const { lng, lat } = marker.getLngLat();
      dropped({ lng, lat });
    });
    this.map.getCanvas().style.cursor = 'crosshair';
    return () => {
      marker.remove();
      this.map.getCanvas().style.cursor = '';
    };
  }

  /** Keeps a point in the middle, gliding for `ms` milliseconds: called again before that is over. */
  keep(at: LngLat, ms: number): void {
    this.map.easeTo({ center: [at.lng, at.lat], duration: ms, easing: (share) => share });
  }

  /** Hears that somebody moves the map by hand; the answer stops it. */
  onDrag(ear: () => void): () => void {
    this.map.on('dragstart', ear);
    return () => this.map.off('dragstart', ear);
  }

  /** What is on the map now as a picture (a PNG data URL): for paper. */
  picture(): string {
    // Read in the same breath as it is drawn: WebGL forgets a picture once it was shown.
    this.map.redraw();
    return this.map.getCanvas().toDataURL('image/png');
  }

  /** The whole area of the office. */
  home(): void {
    this.map.fitBounds(this.config.bounds, { padding: 24, duration: 500 });
  }

  close(): void {
    this.#deaf();
    this.#uneased();
    for (const layer of this.#layers) layer.drop?.();
    this.map.remove();
  }

  #hit(event: MapMouseEvent): Hit {
    const { x, y } = event.point;
    const at = { lng: event.lngLat.lng, lat: event.lngLat.lat };
    const layers = ['pin', 'incident'].filter((id) => this.map.getLayer(id) !== undefined);
    const [top] = this.map.queryRenderedFeatures(event.point, { layers });
    const id = top?.properties.id as string | undefined;
    if (top !== undefined && id !== undefined) {
      return { kind: top.layer.id === 'pin' ? 'report' : 'incident', id, at };
    }
    const unit = this.units?.pick(x, y) ?? null;
    if (unit !== null) return { kind: 'unit', id: unit, at };
    return { kind: 'ground', at };
  }

  #draw(): void {
    const palette: Palette = paletteOf(theme());
    if (this.config.style !== null) this.map.setFontFaces(fontFaces());
    addSymbols(this.map, palette);
    for (const layer of this.#layers) layer.draw(this.map, palette);
  }

  #dress(next: Theme): void {
    this.map.setStyle(this.config.style ?? baseStyle(paletteOf(next)), { diff: false });
  }

  async #loadGround(): Promise<void> {
    this.roads.load();
    this.places.load();
    const [areas, polsek] = await Promise.allSettled([api.map.areas(), api.map.polsek()]);
    if (areas.status === 'fulfilled') this.areas.set(areas.value);
    if (polsek.status === 'fulfilled') {
      this.polsekInfo = readPolsek(polsek.value);
      this.polsek.set(polsek.value);
      this.#onPolsek?.(this.polsekInfo);
    }
  }
}
