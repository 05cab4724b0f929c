/**
 * Pins that can be moved by hand or by keyboard: dragged, or reached with Tab, shifted with the arrow keys and put
 * down with Enter. Nothing moves but the pin; who hears of it decides what it means.
 */

import { type Map as MapLibre, Marker } from 'maplibre-gl';
import type { LngLat } from '../wire';

export interface Pin {
  id: string;
  at: LngLat;
  /** Written beside it. */
  text: string;
  /** Read aloud. */
  label: string;
  /** Where it was before it was moved. */
  from?: LngLat | undefined;
}

export interface PinEars {
  /** It was put down here. */
  dropped: (id: string, at: LngLat) => void;
  /** It was pressed. */
  chosen: (id: string) => void;
  /** It was shifted by keyboard and is not put down yet; null when it went back. */
  shifted: (id: string | null) => void;
}

/** How far a press of an arrow key shifts, and one with Shift: pixels. */
const STEP_PX = 24;
const LONG_STEP_PX = 120;

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

interface Held {
  pin: Pin;
  marker: Marker;
  button: HTMLButtonElement;
  ghost: Marker | null;
  /** In somebody's hand: not to be moved by news. */
  busy: boolean;
}

export class MovablePins {
  #held = new Map<string, Held>();

  constructor(
    private readonly map: MapLibre,
    private readonly ears: PinEars,
  ) {}

  /** Shows these pins and no others. */
  set(pins: readonly Pin[]): void {
    const wanted = new Set(pins.map((pin) => pin.id));
    for (const [id, held] of this.#held) {
      if (wanted.has(id)) continue;
      held.marker.remove();
      held.ghost?.remove();
      this.#held.delete(id);
    }
    for (const pin of pins) {
      const held = this.#held.get(pin.id) ?? this.#add(pin);
      held.pin = pin;
      if (!held.busy) held.marker.setLngLat([pin.at.lng, pin.at.lat]);
      held.button.setAttribute('aria-label', pin.label);
      held.button.classList.toggle('moved', pin.from !== undefined);
      this.#haunt(held);
    }
  }

  close(): void {
    this.set([]);
  }

  #add(pin: Pin): Held {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'unit-pin';
    const name = document.createElement('span');
    name.textContent = pin.text;
    button.append(name);
    button.dataset.testid = 'unit-pin';
    button.dataset.unit = pin.text;
    button.setAttribute('aria-label', pin.label);
    const marker = new Marker({ element: button, draggable: true })
      .setLngLat([pin.at.lng, pin.at.lat])
      .addTo(this.map);
    const held: Held = { pin, marker, button, ghost: null, busy: false };
    marker.on('dragstart', () => {
      held.busy = true;
    });
    marker.on('dragend', () => this.#drop(held));
    button.addEventListener('click', (event) => {
      // The map below hears no click: it would put the unit where it stands.
      event.stopPropagation();
      if (!held.busy) this.ears.chosen(held.pin.id);
    });
    button.addEventListener('keydown', (event) => this.#key(held, event));
    button.addEventListener('blur', () => held.busy && this.#back(held));
    this.#held.set(pin.id, held);
    return held;
  }

  #key(held: Held, event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      const step = event.shiftKey ? LONG_STEP_PX : STEP_PX;
      const at = this.map.project(held.marker.getLngLat());
      held.marker.setLngLat(this.map.unproject([at.x + arrow[0] * step, at.y + arrow[1] * step]));
      held.busy = true;
      this.ears.shifted(held.pin.id);
    } else if (event.key === 'Enter' && held.busy) this.#drop(held);
    else if (event.key === 'Escape' && held.busy) this.#back(held);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #drop(held: Held): void {
    const { lng, lat } = held.marker.getLngLat();
    held.busy = false;
    this.ears.shifted(null);
    this.ears.dropped(held.pin.id, { lng, lat });
  }

  #back(held: Held): void {
    held.busy = false;
    held.marker.setLngLat([held.pin.at.lng, held.pin.at.lat]);
    this.ears.shifted(null);
  }

  /** A pale mark where a moved pin was. */
  #haunt(held: Held): void {
    const { from } = held.pin;
    if (from === undefined) {
      held.ghost?.remove();
      held.ghost = null;
      return;
    }
    if (held.ghost === null) {
      const element = document.createElement('span');
      element.className = 'unit-ghost';
      element.setAttribute('aria-hidden', 'true');
      held.ghost = new Marker({ element }).setLngLat([from.lng, from.lat]).addTo(this.map);
    } else held.ghost.setLngLat([from.lng, from.lat]);
  }
}
