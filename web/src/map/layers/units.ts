/**
 * Moving units as one WebGL layer of points: thousands of them glide at one upload per batch of
 * fixes. In: the desk's units and the position book. Out: pixels, and the unit under a click.
 */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import { type Freshness, freshness, type PositionBook } from '../../store/positions';
import { type Id, type LngLat, UNIT_STATUSES, type Unit, type UnitStatus } from '../../wire';
import type { MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';
import { FLOATS, FRAGMENT, VERTEX } from './units.shader';

/** Most frames per second while units glide. */
const GLIDE_FPS = 20;
/** A fast patrol car, metres per second: at city zoom it crosses a pixel in a second, no faster. */
const FAST_MPS = 20;
/** Metres per pixel at zoom 0 on the equator (512-pixel tiles). */
const METRES_PER_PIXEL = 78_271.5;

/** Pause between two frames of a glide, milliseconds: one for each pixel a fast unit moves. */
export function framePauseMs(zoom: number): number {
  const pixelsPerSecond = FAST_MPS / (METRES_PER_PIXEL / 2 ** zoom);
  return Math.min(1000, Math.max(1000 / GLIDE_FPS, 1000 / pixelsPerSecond));
}

/** A click this many pixels away still hits a unit. */
const REACH_PX = 16;

/** An old position fades; its name says why (labels.ts). */
const ALPHA: Record<Freshness, number> = { fresh: 1, stale: 0.65, lost: 0.4, never: 0.4 };
/** Fading must go on also while nobody moves, milliseconds. */
const FADE_EVERY_MS = 10_000;

const SHAPE: Record<UnitStatus, number> = {
  available: 0,
  offered: 1,
  committed: 2,
  en_route: 2,
  on_scene: 3,
  off_duty: 4,
  busy: 4,
  break: 4,
  out_of_service: 4,
};

interface Program {
  gl: WebGL2RenderingContext;
  program: WebGLProgram;
  buffer: WebGLBuffer;
  array: WebGLVertexArrayObject;
  uniform: Record<
    'matrix' | 'now' | 'size' | 'outline' | 'selected' | 'emergency' | 'pulse',
    WebGLUniformLocation | null
  >;
}

/** `#rrggbb` as three numbers 0 to 1. */
export function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** `matrix` (column major) after moving by `x`, `y`, in double precision. */
export function translated(matrix: ArrayLike<number>, x: number, y: number): Float32Array {
  const moved = Float64Array.from(matrix);
  for (let row = 0; row < 4; row += 1) {
    moved[12 + row] = (matrix[row] ?? 0) * x + (matrix[4 + row] ?? 0) * y + (matrix[12 + row] ?? 0);
  }
  return Float32Array.from(moved);
}

export class UnitsLayer implements MapLayer, CustomLayerInterface {
  readonly id = 'units' as const;
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;

  #map: MapLibre | null = null;
  #palette: Palette | null = null;
  #made: Program | null = null;
  #units: ReadonlyMap<Id, Unit> = new Map();
  #selected: Id | null = null;
  #hidden: ReadonlySet<Id> = new Set();
  /** Somebody is in danger. Asked twenty times a second, so it is not looked for each time. */
  #alarm = false;
  #origin = { x: 0, y: 0 };
  #originMs = performance.now();
  #count = 0;
  #uploaded = -1;
  #uploadedMs = 0;
  #stale = true;
  #paintedMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly positions: PositionBook,
    private readonly serverMs: () => number,
  ) {}

  set(units: ReadonlyMap<Id, Unit>, selected: Id | null): void {
    if (units !== this.#units) this.#alarm = [...units.values()].some((unit) => unit.emergency);
    this.#units = units;
    this.#selected = selected;
    this.#stale = true;
    this.#map?.triggerRepaint();
  }

  /** These are drawn by a cluster. */
  hide(units: ReadonlySet<Id>): void {
    if (units.size === 0 && this.#hidden.size === 0) return;
    this.#hidden = units;
    this.#stale = true;
  }

  draw(map: MapLibre, palette: Palette): void {
    this.#map = map;
    this.#palette = palette;
    this.#stale = true;
    addInOrder(map, this);
    this.#timer ??= setInterval(() => this.#tick(), 1000 / GLIDE_FPS);
  }

  drop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Where a unit is drawn now. */
  where(unit: Id): LngLat | null {
    return this.positions.at(unit, performance.now()) ?? this.#units.get(unit)?.post ?? null;
  }

  /** The unit nearest to a point of the screen, within reach; null when there is none. */
  pick(x: number, y: number): Id | null {
    const map = this.#map;
    if (map === null) return null;
    let best: Id | null = null;
    let reach = REACH_PX;
    for (const unit of this.#units.values()) {
      const at = this.where(unit.id);
      if (at === null || !this.#visible(unit)) continue;
      const drawn = map.project([at.lng, at.lat]);
      const away = Math.hypot(drawn.x - x, drawn.y - y);
      if (away < reach) {
        reach = away;
        best = unit.id;
      }
    }
    return best;
  }

  onAdd(_map: MapLibre, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    this.#made = make(context as WebGL2RenderingContext);
    this.#stale = true;
  }

  onRemove(): void {
    if (this.#made === null) return;
    const { gl, program, buffer, array } = this.#made;
    gl.deleteProgram(program);
    gl.deleteBuffer(buffer);
    gl.deleteVertexArray(array);
    this.#made = null;
  }

  render(
    _context: WebGLRenderingContext | WebGL2RenderingContext,
    options: CustomRenderMethodInput,
  ): void {
    const made = this.#made;
    const palette = this.#palette;
    if (made === null || palette === null) return;
    if (this.#stale || this.#uploaded !== this.positions.version) this.#upload(made, palette);
    if (this.#count === 0) return;
    const { gl, uniform } = made;
    const now = (performance.now() - this.#originMs) / 1000;
    gl.useProgram(made.program);
    gl.bindVertexArray(made.array);
    const matrix = options.defaultProjectionData.mainMatrix as ArrayLike<number>;
    gl.uniformMatrix4fv(uniform.matrix, false, translated(matrix, this.#origin.x, this.#origin.y));
    gl.uniform1f(uniform.now, now);
    gl.uniform1f(uniform.size, this.#pixels());
    gl.uniform1f(uniform.pulse, 0.5 + 0.5 * Math.sin(now * 5));
    gl.uniform4f(uniform.outline, ...rgb(palette.unitOutline), 1);
    gl.uniform4f(uniform.selected, ...rgb(palette.selected), 1);
    gl.uniform4f(uniform.emergency, ...rgb(palette.emergency), 1);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    gl.drawArrays(gl.POINTS, 0, this.#count);
    gl.bindVertexArray(null);
  }

  /** Units off duty are not drawn, unless somebody asked for one or it is in danger. */
  #visible(unit: Unit): boolean {
    if (this.#hidden.has(unit.id)) return false;
    return unit.status !== 'off_duty' || unit.emergency || unit.id === this.#selected;
  }

  #pixels(): number {
    const zoom = this.#map?.getZoom() ?? 12;
    const size = Math.min(30, Math.max(12, 12 + (zoom - 10) * 3.2));
    return size * window.devicePixelRatio;
  }

  #tick(): void {
    const map = this.#map;
    if (map === null || document.hidden) return;
    const now = performance.now();
    const pause = this.#alarm ? ALARM_PAUSE_MS : framePauseMs(map.getZoom());
    // Timers come a little early or late: half a tick of patience keeps the beat.
    if (now - this.#paintedMs < pause - 500 / GLIDE_FPS) return;
    if (now - this.#uploadedMs > FADE_EVERY_MS) this.#stale = true;
    const news = this.#stale || this.#uploaded !== this.positions.version;
    if (!news && !this.positions.moving(now) && pause !== ALARM_PAUSE_MS) return;
    this.#paintedMs = now;
    map.triggerRepaint();
  }

  #upload(made: Program, palette: Palette): void {
    const centre = this.#map?.getCenter();
    if (centre === undefined) return;
    this.#origin = { x: mercatorX(centre.lng), y: mercatorY(centre.lat) };
    this.#originMs = performance.now();
    const data = new Float32Array(this.#units.size * FLOATS);
    let count = 0;
    const server = this.serverMs();
    const colours = new Map(UNIT_STATUSES.map((status) => [status, rgb(palette.unit[status])]));
    // Those who wait are drawn first, those who matter now last: on top.
    for (let pass = 0; pass < PASSES; pass += 1) {
      for (const unit of this.#units.values()) {
        if (drawnIn(unit) !== pass || !this.#visible(unit)) continue;
        const colour = colours.get(unit.status) ?? [0, 0, 0];
        this.#write(data, count * FLOATS, unit, colour, server);
        count += 1;
      }
    }
    this.#count = count;
    this.#uploaded = this.positions.version;
    this.#uploadedMs = performance.now();
    this.#stale = false;
    made.gl.bindBuffer(made.gl.ARRAY_BUFFER, made.buffer);
    made.gl.bufferData(
      made.gl.ARRAY_BUFFER,
      data.subarray(0, count * FLOATS),
      made.gl.DYNAMIC_DRAW,
    );
  }

  #write(
    data: Float32Array,
    at: number,
    unit: Unit,
    colour: readonly number[],
    server: number,
  ): void {
    const track = this.positions.tracks.get(unit.id);
    const from = track?.from ?? unit.post;
    const to = track?.to ?? unit.post;
    const alpha = ALPHA[freshness(track?.fixMs, server)];
    const ring = unit.emergency ? 2 : unit.id === this.#selected ? 1 : 0;
    data[at] = mercatorX(from.lng) - this.#origin.x;
    data[at + 1] = mercatorY(from.lat) - this.#origin.y;
    data[at + 2] = mercatorX(to.lng) - this.#origin.x;
    data[at + 3] = mercatorY(to.lat) - this.#origin.y;
    data[at + 4] = ((track?.startedMs ?? 0) - this.#originMs) / 1000;
    data[at + 5] = (track?.glideMs ?? 0) / 1000;
    data[at + 6] = track?.heading_deg ?? -1;
    data[at + 7] = SHAPE[unit.status];
    data.set(colour, at + 8);
    data[at + 11] = alpha;
    data[at + 12] = ring;
  }
}

const PASSES = 4;
/** The ring of a unit in danger pulses this often. */
const ALARM_PAUSE_MS = 100;

/** In which pass a unit is drawn: what lies lowest first. */
function drawnIn(unit: Unit): number {
  if (unit.emergency) return 3;
  return SHAPE[unit.status] === 4 ? 0 : unit.status === 'available' ? 1 : 2;
}

/** Web Mercator, 0 to 1 from west to east. */
export const mercatorX = (lng: number): number => (lng + 180) / 360;

/** Web Mercator, 0 to 1 from north to south. */
export const mercatorY = (lat: number): number =>
  0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);

function make(gl: WebGL2RenderingContext): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) continue;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`unit layer: ${gl.getProgramInfoLog(program) ?? 'shaders do not link'}`);
  }
  const buffer = gl.createBuffer();
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  let offset = 0;
  for (const [name, size] of [
    ['a_from', 2],
    ['a_to', 2],
    ['a_time', 2],
    ['a_look', 2],
    ['a_colour', 4],
    ['a_ring', 1],
  ] as const) {
    const place = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, gl.FLOAT, false, FLOATS * 4, offset * 4);
    offset += size;
  }
  gl.bindVertexArray(null);
  const at = (name: string) => gl.getUniformLocation(program, `u_${name}`);
  return {
    gl,
    program,
    buffer,
    array,
    uniform: {
      matrix: at('matrix'),
      now: at('now'),
      size: at('size'),
      outline: at('outline'),
      selected: at('selected'),
      emergency: at('emergency'),
      pulse: at('pulse'),
    },
  };
}
