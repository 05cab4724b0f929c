/**
 * Pictures of the map, drawn on a canvas: priority marks (octagon 1, diamond 2, circle 3, square 4),
 * pins, and the station. Shape and number say the priority, colour only repeats it.
 */

import type { Map as MapLibre } from 'maplibre-gl';
import type { Priority } from '../wire';
import type { Palette } from './palette';

const RATIO = 2;

type Corners = [number, number][];

/** Corners of a priority's shape in a unit circle; null is the circle itself. */
const SHAPES: Record<Priority, { corners: number; turn: number } | null> = {
  1: { corners: 8, turn: Math.PI / 8 },
  2: { corners: 4, turn: 0 },
  3: null,
  4: { corners: 4, turn: Math.PI / 4 },
};

function corners(count: number, turn: number): Corners {
  return Array.from({ length: count }, (_, index) => {
    const angle = turn + (2 * Math.PI * index) / count;
    return [Math.cos(angle), Math.sin(angle)];
  });
}

function outline(
  brush: CanvasRenderingContext2D,
  priority: Priority,
  x: number,
  y: number,
  radius: number,
): void {
  const shape = SHAPES[priority];
  brush.beginPath();
  if (shape === null) {
    brush.arc(x, y, radius, 0, 2 * Math.PI);
  } else {
    for (const [dx, dy] of corners(shape.corners, shape.turn)) {
      brush.lineTo(x + dx * radius, y + dy * radius);
    }
  }
  brush.closePath();
}

function canvas(width: number, height: number): CanvasRenderingContext2D | null {
  const element = document.createElement('canvas');
  element.width = width * RATIO;
  element.height = height * RATIO;
  const brush = element.getContext('2d');
  brush?.scale(RATIO, RATIO);
  return brush;
}

function number(
  brush: CanvasRenderingContext2D,
  priority: Priority,
  x: number,
  y: number,
  ink: string,
): void {
  brush.fillStyle = ink;
  brush.font = '700 13px "Inter Variable", sans-serif';
  brush.textAlign = 'center';
  brush.textBaseline = 'middle';
  brush.fillText(String(priority), x, y + 0.5);
}

function mark(priority: Priority, palette: Palette, selected: boolean) {
  const size = 34;
  const brush = canvas(size, size);
  if (brush === null) return null;
  const { fill, ink } = palette.priority[priority];
  if (selected) {
    outline(brush, priority, size / 2, size / 2, 16);
    brush.fillStyle = palette.selected;
    brush.fill();
  }
  outline(brush, priority, size / 2, size / 2, 13);
  brush.fillStyle = fill;
  brush.fill();
  brush.lineWidth = 2;
  brush.strokeStyle = palette.halo;
  brush.stroke();
  number(brush, priority, size / 2, size / 2, ink);
  return brush;
}

function pin(priority: Priority, palette: Palette, selected: boolean) {
  const [width, height] = [32, 42];
  const brush = canvas(width, height);
  if (brush === null) return null;
  const { fill, ink } = palette.priority[priority];
  brush.beginPath();
  brush.arc(16, 15, 12, Math.PI * 0.8, Math.PI * 2.2);
  brush.lineTo(16, 40);
  brush.closePath();
  brush.fillStyle = fill;
  brush.fill();
  brush.lineWidth = selected ? 3 : 2;
  brush.strokeStyle = selected ? palette.selected : palette.halo;
  brush.stroke();
  number(brush, priority, 16, 15, ink);
  return brush;
}

function station(palette: Palette) {
  const brush = canvas(16, 16);
  if (brush === null) return null;
  brush.fillStyle = palette.halo;
  brush.fillRect(1, 1, 14, 14);
  brush.fillStyle = palette.ink;
  brush.fillRect(3, 3, 10, 10);
  brush.fillStyle = palette.halo;
  brush.fillRect(6, 8, 4, 5);
  return brush;
}

/** Puts every picture into the map's style; called again on a fresh style. */
export function addSymbols(map: MapLibre, palette: Palette): void {
  const put = (name: string, brush: CanvasRenderingContext2D | null) => {
    if (brush === null || map.hasImage(name)) return;
    const { width, height } = brush.canvas;
    map.addImage(name, brush.getImageData(0, 0, width, height), { pixelRatio: RATIO });
  };
  for (const priority of [1, 2, 3, 4] as const) {
    for (const selected of [false, true]) {
      const end = selected ? '-selected' : '';
      put(`mark-${priority}${end}`, mark(priority, palette, selected));
      put(`pin-${priority}${end}`, pin(priority, palette, selected));
    }
  }
  put('station', station(palette));
}
