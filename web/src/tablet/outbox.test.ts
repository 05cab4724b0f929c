import { describe, expect, it } from 'vitest';
import type { AssignmentState, Step } from '../wire';
import { backoffS, Outbox, outcomeOf, type Send, type Sent, type Shelf, voidedBy } from './outbox';
import { isStep, type Pending, type PendingNote } from './pending';
import { after, type PendingStep } from './steps';

let made = 0;
function step(name: Step, assignment = 'a1'): PendingStep {
  made += 1;
  return { key: `k${made}`, assignment, step: name, at: '2026-11-22T03:00:00Z' };
}

/** These tests press steps; what is none is a fault of theirs. */
function asStep(item: Pending): PendingStep {
  if (!isStep(item)) throw new Error('not a step');
  return item;
}

function memory(left: Pending[] = []): Shelf & { rows: Pending[] } {
  const rows = [...left];
  return {
    rows,
    all: async () => [...rows],
    put: async (item) => void rows.push(item),
    remove: async (keys) => {
      for (const key of keys)
        rows.splice(
          rows.findIndex((row) => row.key === key),
          1,
        );
    },
  };
}

/** A server that takes each key once and keeps the rules of the assignment. */
function server(broken: () => 'no' | 'before' | 'after' = () => 'no') {
  let state: AssignmentState = 'delivered';
  const taken: string[] = [];
  const steps: Step[] = [];
  const send: Send = async (item): Promise<Sent> => {
    const fault = broken();
    if (fault === 'before') return { kind: 'later' };
    if (!taken.includes(item.key)) {
      const { step } = asStep(item);
      const next = after(state, step);
      if (next === null) return { kind: 'refused', detail: `not from ${state}` };
      state = next;
      taken.push(item.key);
      steps.push(step);
    }
    return fault === 'after' ? { kind: 'later' } : { kind: 'done' };
  };
  return { send, steps, state: () => state };
}

describe('the outbox', () => {
  it('sends at once while the network is there and keeps nothing', async () => {
    const store = memory();
    const desk = server();
    const box = new Outbox(store, desk.send);
    expect(await box.add(step('accept'))).toEqual({ kind: 'empty' });
    expect(desk.steps).toEqual(['accept']);
    expect(store.rows).toEqual([]);
  });

  it('keeps steps while the network is away and settles them in the order pressed', async () => {
    let away = true;
    const store = memory();
    const desk = server(() => (away ? 'before' : 'no'));
    const box = new Outbox(store, desk.send);
    for (const name of ['accept', 'en_route', 'on_scene'] as const) await box.add(step(name));
    expect(store.rows.map((row) => asStep(row).step)).toEqual(['accept', 'en_route', 'on_scene']);
    away = false;
    expect(await box.drain()).toEqual({ kind: 'empty' });
    expect(desk.steps).toEqual(['accept', 'en_route', 'on_scene']);
    expect(store.rows).toEqual([]);
  });

  it('an answer lost on the way back is sent again and counted once', async () => {
    let faults: ('no' | 'before' | 'after')[] = ['after', 'after', 'no'];
    const desk = server(() => faults.shift() ?? 'no');
    const box = new Outbox(memory(), desk.send);
    await box.add(step('accept'));
    await box.drain();
    await box.drain();
    expect(desk.steps).toEqual(['accept']);
    expect(box.items).toEqual([]);
    faults = [];
  });

  it('under any pattern of faults every step arrives once and in order', async () => {
    let seed = 20_261_122;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    for (let round = 0; round < 200; round += 1) {
      const desk = server(() => (random() < 0.35 ? 'before' : random() < 0.35 ? 'after' : 'no'));
      const store = memory();
      let box = new Outbox(store, desk.send);
      for (const name of ['accept', 'en_route', 'on_scene', 'clear'] as const) {
        await box.add(step(name));
        if (random() < 0.3) {
          box = new Outbox(store, desk.send); // the page was reloaded
          await box.load();
        }
      }
      for (let i = 0; i < 60 && box.items.length > 0; i += 1) await box.drain();
      expect(desk.steps).toEqual(['accept', 'en_route', 'on_scene', 'clear']);
      expect(store.rows).toEqual([]);
    }
  });

  it('a refused step voids what was built on it, and nothing else', async () => {
    let away = true;
    const told: string[] = [];
    const sent: string[] = [];
    const items = [step('accept', 'a1'), step('en_route', 'a1'), step('accept', 'a2')];
    const send: Send = async (item) => {
      if (away) return { kind: 'later' };
      const { assignment, step: name } = asStep(item);
      sent.push(`${assignment} ${name}`);
      return assignment === 'a1' ? { kind: 'refused', detail: 'expired' } : { kind: 'done' };
    };
    const box = new Outbox(memory(), send, undefined, (item, why, voided) =>
      told.push(`${asStep(item).step}: ${why.detail} and ${voided.length} more`),
    );
    for (const item of items) await box.add(item);
    away = false;
    await box.drain();
    expect(sent).toEqual(['a1 accept', 'a2 accept']);
    expect(told).toEqual(['accept: expired and 1 more']);
    expect(box.items).toEqual([]);
  });

  it('a refused step takes its later steps along, and leaves the note and the next job', async () => {
    let away = true;
    const sent: string[] = [];
    const kept: string[] = [];
    const note: PendingNote = {
      kind: 'note',
      key: 'note',
      incident: 'i1',
      number: 'MDN-K1',
      text: 'Situasi aman terkendali',
      at: '2026-11-22T03:00:00Z',
    };
    const store = memory();
    const send: Send = async (item) => {
      if (away) return { kind: 'later' };
      sent.push(item.key);
      return isStep(item) && item.assignment === 'a1'
        ? { kind: 'refused', detail: 'ended', status: 409 }
        : { kind: 'done' };
    };
    const box = new Outbox(store, send, undefined, (item, why, voided) => {
      kept.push(item.key, String(why.status), ...voided.map(({ key }) => key));
      // Told before it is let go: a page that dies in between has it in both places, never in none.
      expect(store.rows.map(({ key }) => key)).toContain(item.key);
    });
    const [arrives, clears, next] = [step('on_scene'), step('clear'), step('accept', 'a2')];
    for (const item of [arrives, note, clears, next]) await box.add(item);
    away = false;
    expect(await box.drain()).toEqual({ kind: 'empty' });
    expect(sent).toEqual([arrives.key, 'note', next.key]);
    expect(kept).toEqual([arrives.key, '409', clears.key]);
    expect(voidedBy([note, arrives], 'note')).toEqual(['note']);
  });

  it('two drains at once send each step once', async () => {
    const sent: string[] = [];
    const box = new Outbox(memory([step('accept')]), async (item) => {
      await Promise.resolve();
      sent.push(asStep(item).step);
      return { kind: 'done' };
    });
    await box.load();
    await Promise.all([box.drain(), box.drain(), box.drain()]);
    expect(sent).toEqual(['accept']);
  });

  it('a step pressed while another is being sent still goes out', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const sent: string[] = [];
    const box = new Outbox(memory(), async (item) => {
      if (asStep(item).step === 'accept') await gate;
      sent.push(asStep(item).step);
      return { kind: 'done' };
    });
    const first = box.add(step('accept'));
    const second = box.add(step('en_route'));
    open();
    await Promise.all([first, second]);
    expect(sent).toEqual(['accept', 'en_route']);
  });

  it('an ended session keeps the steps for after the sign-in', async () => {
    const box = new Outbox(memory(), async () => ({ kind: 'signed_out' }));
    expect(await box.add(step('accept'))).toEqual({ kind: 'signed_out' });
    expect(box.items).toHaveLength(1);
  });

  it('a database that refuses to write does not keep a crew from answering', async () => {
    const store = memory();
    store.put = async () => Promise.reject(new Error('quota'));
    store.remove = async () => Promise.reject(new Error('quota'));
    const desk = server();
    const box = new Outbox(store, desk.send);
    await box.add(step('accept'));
    expect(desk.steps).toEqual(['accept']);
    expect(box.items).toEqual([]);
  });

  it('the same key is added once', async () => {
    const box = new Outbox(memory(), async () => ({ kind: 'later' }));
    const accept = step('accept');
    await box.add(accept);
    await box.add(accept);
    expect(box.items).toHaveLength(1);
  });

  it('statuses are read as what can be done about them', () => {
    expect(outcomeOf(null).kind).toBe('later');
    expect(outcomeOf(503).kind).toBe('later');
    expect(outcomeOf(429).kind).toBe('later');
    expect(outcomeOf(401).kind).toBe('signed_out');
    expect(outcomeOf(409, 'x')).toEqual({ kind: 'refused', detail: 'x' });
    expect(outcomeOf(200).kind).toBe('done');
  });

  it('waits grow and stop growing', () => {
    expect([0, 1, 2, 3, 4, 9].map(backoffS)).toEqual([1, 2, 4, 8, 15, 15]);
    expect(voidedBy([], 'k')).toEqual([]);
  });
});
