/**
 * Moving units as one WebGL layer of points: thousands of them glide at one upload per batch of
 * fixes. In: the desk's units and the position book. Out: pixels, and the unit under a click.
 */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import { mercatorX, mercatorY } from '../../store/mercator';
import { COLUMN, COLUMNS, type PositionBook } from '../../store/positions';
import { type Id, type LngLat, UNIT_STATUSES, type Unit, type UnitStatus } from '../../wire';
import type { MapLayer } from '../layer';
import type { Palette } from '../palette';
import { addInOrder } from '../zorder';
import { FRAGMENT, LOOK_BYTES, MOTION_FLOATS, VERTEX } from './units.shader';

/** Most frames per second while units glide. */
const GLIDE_FPS = 20;
/** Gliding takes at most a fifth of a computer that draws slowly, and every fix is drawn within this, ms. */
const BURDEN_SHARE = 4;
const LONGEST_PAUSE_MS = 1_000;
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

/** An old position fades (the shader does it) also while nobody moves, milliseconds. */
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
  motion: WebGLBuffer;
  look: WebGLBuffer;
  array: WebGLVertexArrayObject;
  uniform: Record<
    'matrix' | 'now' | 'server' | 'size' | 'outline' | 'selected' | 'emergency' | 'pulse',
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
  /** The server's clock at `#originMs`: the shader counts from small numbers. */
  #serverMs = 0;
  /** What is drawn, what lies lowest first; and the row of each in the book, −1 without a position. */
  #drawn: Unit[] = [];
  #rows = new Int32Array(0);
  #motion = new Float32Array(0);
  /** The version of the book, and how many units it knew, when it was last read. */
  #uploaded = -1;
  #known = -1;
  #stale = true;
  #paintedMs = 0;
  #tickedMs = 0;
  /** How long the picture lately held everything up, ms: much without a graphics card. */
  #burdenMs = 0;
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
    const { gl, program, motion, look, array } = this.#made;
    gl.deleteProgram(program);
    gl.deleteBuffer(motion);
    gl.deleteBuffer(look);
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
    if (this.#stale || this.#known !== this.positions.size) this.#arrange(made, palette);
    if (this.#uploaded !== this.positions.version) this.#move(made);
    if (this.#drawn.length === 0) return;
    const { gl, uniform } = made;
    const now = (performance.now() - this.#originMs) / 1000;
    gl.useProgram(made.program);
    gl.bindVertexArray(made.array);
    const matrix = options.defaultProjectionData.mainMatrix as ArrayLike<number>;
    gl.uniformMatrix4fv(uniform.matrix, false, translated(matrix, this.#origin.x, this.#origin.y));
    gl.uniform1f(uniform.now, now);
    gl.uniform1f(uniform.server, (this.serverMs() - this.#serverMs) / 1000);
    gl.uniform1f(uniform.size, this.#pixels());
    gl.uniform1f(uniform.pulse, 0.5 + 0.5 * Math.sin(now * 5));
    gl.uniform4f(uniform.outline, ...rgb(palette.unitOutline), 1);
    gl.uniform4f(uniform.selected, ...rgb(palette.selected), 1);
    gl.uniform4f(uniform.emergency, ...rgb(palette.emergency), 1);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    gl.drawArrays(gl.POINTS, 0, this.#drawn.length);
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
    this.#burdenMs = Math.max(now - this.#tickedMs - 1000 / GLIDE_FPS, this.#burdenMs * 0.9);
    this.#tickedMs = now;
    const wished = this.#alarm ? ALARM_PAUSE_MS : framePauseMs(map.getZoom());
    const pause = Math.max(wished, Math.min(LONGEST_PAUSE_MS, this.#burdenMs * BURDEN_SHARE));
    // Timers come a little early or late: half a tick of patience keeps the beat.
    if (now - this.#paintedMs < pause - 500 / GLIDE_FPS) return;
    const fades = now - this.#paintedMs > FADE_EVERY_MS;
    const news = fades || this.#stale || this.#uploaded !== this.positions.version;
    if (!news && !this.positions.moving(now) && !this.#alarm) return;
    this.#paintedMs = now;
    map.triggerRepaint();
  }

  /** Who is drawn, in which order and how: only when units, not when positions change. */
  #arrange(made: Program, palette: Palette): void {
    const passes: Unit[][] = Array.from({ length: PASSES }, () => []);
    // Those who wait are drawn first, those who matter now last: on top.
    for (const unit of this.#units.values()) {
      if (this.#visible(unit)) passes[drawnIn(unit)]?.push(unit);
    }
    this.#drawn = passes.flat();
    this.#rows = Int32Array.from(this.#drawn, (unit) => this.positions.row(unit.id));
    this.#motion = new Float32Array(this.#drawn.length * MOTION_FLOATS);
    const colours = new Map(UNIT_STATUSES.map((status) => [status, rgb(palette.unit[status])]));
    const look = new Uint8Array(this.#drawn.length * LOOK_BYTES);
    for (const [index, unit] of this.#drawn.entries()) {
      const at = index * LOOK_BYTES;
      const [red, green, blue] = colours.get(unit.status) ?? [0, 0, 0];
      look[at] = red * 255;
      look[at + 1] = green * 255;
      look[at + 2] = blue * 255;
      look[at + 3] = SHAPE[unit.status];
      look[at + 4] = unit.emergency ? 2 : unit.id === this.#selected ? 1 : 0;
    }
    made.gl.bindBuffer(made.gl.ARRAY_BUFFER, made.look);
    made.gl.bufferData(made.gl.ARRAY_BUFFER, look, made.gl.DYNAMIC_DRAW);
    this.#known = this.positions.size;
    this.#uploaded = -1;
    this.#stale = false;
  }

  /** Where everybody glides from and to: once for each batch of fixes. */
  #move(made: Program): void {
    const centre = this.#map?.getCenter();
    if (centre === undefined) return;
    this.#origin = { x: mercatorX(centre.lng), y: mercatorY(centre.lat) };
    this.#originMs = performance.now();
    this.#serverMs = this.serverMs();
    for (let index = 0; index < this.#rows.length; index += 1) {
      const row = this.#rows[index] ?? -1;
      if (row < 0) this.#place(index);
      else this.#glide(index * MOTION_FLOATS, row * COLUMNS);
    }
    this.#uploaded = this.positions.version;
    made.gl.bindBuffer(made.gl.ARRAY_BUFFER, made.motion);
    made.gl.bufferData(made.gl.ARRAY_BUFFER, this.#motion, made.gl.DYNAMIC_DRAW);
  }

  #glide(to: number, from: number): void {
    const data = this.#motion;
    const { data: book } = this.positions;
    const { x, y } = this.#origin;
    const heading = book[from + COLUMN.heading] ?? Number.NaN;
    data[to] = (book[from + COLUMN.fromX] ?? 0) - x;
    data[to + 1] = (book[from + COLUMN.fromY] ?? 0) - y;
    data[to + 2] = (book[from + COLUMN.toX] ?? 0) - x;
    data[to + 3] = (book[from + COLUMN.toY] ?? 0) - y;
    data[to + 4] = ((book[from + COLUMN.startedMs] ?? 0) - this.#originMs) / 1000;
    data[to + 5] = (book[from + COLUMN.glideMs] ?? 0) / 1000;
    data[to + 6] = Number.isNaN(heading) ? -1 : heading;
    data[to + 7] = ((book[from + COLUMN.fixMs] ?? 0) - this.#serverMs) / 1000;
  }

  /** Never heard of: it counts at its post. */
  #place(index: number): void {
    const post = this.#drawn[index]?.post;
    if (post === undefined) return;
    const at = index * MOTION_FLOATS;
    const x = mercatorX(post.lng) - this.#origin.x;
    const y = mercatorY(post.lat) - this.#origin.y;
    this.#motion.set([x, y, x, y, 0, 0, -1, NEVER_S], at);
  }
}

/** As old as the shader need know, seconds. */
const NEVER_S = -1e6;
const PASSES = 4;
/** The ring of a unit in danger pulses this often. */
const ALARM_PAUSE_MS = 100;

/** In which pass a unit is drawn: what lies lowest first. */
function drawnIn(unit: Unit): number {
  if (unit.emergency) return 3;
  return SHAPE[unit.status] === 4 ? 0 : unit.status === 'available' ? 1 : 2;
}

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
  const motion = gl.createBuffer();
  const look = gl.createBuffer();
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  const lay = (
    name: string,
    size: number,
    kind: number,
    norm: boolean,
    step: number,
    from: number,
  ) => {
    const place = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, kind, norm, step, from);
  };
  gl.bindBuffer(gl.ARRAY_BUFFER, motion);
  lay('a_from', 2, gl.FLOAT, false, MOTION_FLOATS * 4, 0);
  lay('a_to', 2, gl.FLOAT, false, MOTION_FLOATS * 4, 8);
  lay('a_time', 2, gl.FLOAT, false, MOTION_FLOATS * 4, 16);
  lay('a_state', 2, gl.FLOAT, false, MOTION_FLOATS * 4, 24);
  gl.bindBuffer(gl.ARRAY_BUFFER, look);
  lay('a_colour', 3, gl.UNSIGNED_BYTE, true, LOOK_BYTES, 0);
  lay('a_look', 2, gl.UNSIGNED_BYTE, false, LOOK_BYTES, 3);
  gl.bindVertexArray(null);
  const at = (name: string) => gl.getUniformLocation(program, `u_${name}`);
  return {
    gl,
    program,
    motion,
    look,
    array,
    uniform: {
      matrix: at('matrix'),
      now: at('now'),
      server: at('server'),
      size: at('size'),
      outline: at('outline'),
      selected: at('selected'),
      emergency: at('emergency'),
      pulse: at('pulse'),
    },
  };
}
