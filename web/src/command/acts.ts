/** What can be done by name in the command bar, with the key that does the same. */

import { type Key, lang } from '../i18n';
import { rehearses } from '../login/route';
import { exercise } from '../rehearsal/base';
import { nextCall } from '../store/calls';
import { live } from '../store/live.svelte';
import { queueOf } from '../store/select';
import { setTheme, theme } from '../theme';
import { picked } from './picked.svelte';
import { type CardKeys, mayAct, room } from './room.svelte';
import { sounds } from './sounds.svelte';
import { tools } from './tools.svelte';
import { openWindow } from './windows';

export interface Act {
  id: string;
  word: Key;
  /** The key that does the same. */
  keys?: string;
  run: () => void;
}

interface Offered extends Act {
  /** Left out where it can do nothing. */
  able: boolean;
}

/** What is possible now, what concerns the open card first. */
export function acts(): Act[] {
  return offered().filter(({ able }) => able);
}

function offered(): Offered[] {
  const act = mayAct();
  const manages = live.me?.role === 'admin' || live.me?.role === 'supervisor';
  const unit = tools.followable;
  return [
    ...ofCard(),
    {
      id: 'next',
      word: 'keys.next',
      keys: 'N',
      able: act && queueOf(live.desk).length > 0,
      run: () => void room.next(),
    },
    {
      id: 'call',
      word: 'keys.call',
      keys: 'T',
      able: act && nextCall(live.desk) !== null,
      run: () => void room.nextCall(),
    },
    {
      id: 'message',
      word: 'talk.several_open',
      able: act,
      run: () => {
        tools.messaging = true;
      },
    },
    {
      id: 'enter',
      word: 'keys.enter',
      keys: 'B',
      able: act,
      run: () => {
        room.entering = true;
      },
    },
    {
      id: 'person',
      word: 'person.find',
      able: act,
      run: () => {
        tools.person = '';
      },
    },
    {
      id: 'follow',
      word: tools.following === null ? 'follow.start' : 'follow.stop',
      keys: 'F',
      able: unit !== null || tools.following !== null,
      run: () => follow(),
    },
    {
      id: 'measure',
      word: tools.measuring === null ? 'measure.start' : 'measure.stop',
      keys: 'M',
      able: room.map !== null,
      run: () => tools.measure(),
    },
    {
      id: 'home',
      word: 'map.home',
      keys: 'H',
      able: room.map !== null,
      run: () => room.map?.home(),
    },
    { id: 'print', word: 'print.card', able: true, run: () => window.print() },
    {
      id: 'queue',
      word: 'tab.queue',
      keys: 'Q',
      able: true,
      run: () => {
        room.tab = 'queue';
      },
    },
    {
      id: 'incidents',
      word: 'tab.incidents',
      keys: 'K',
      able: true,
      run: () => {
        room.tab = 'incidents';
      },
    },
    {
      id: 'units',
      word: 'tab.units',
      keys: 'U',
      able: true,
      run: () => {
        room.tab = 'units';
      },
    },
    {
      id: 'pick',
      word: 'keys.pick',
      keys: 'X',
      able: act && room.tab !== 'units',
      run: () => picked.mode(room.tab === 'queue' ? 'report' : 'incident'),
    },
    {
      id: 'teams',
      word: 'keys.teams',
      keys: 'D',
      able: true,
      run: () => {
        tools.duty = 'teams';
      },
    },
    {
      id: 'shift',
      word: 'duty.shift',
      keys: 'S',
      able: true,
      run: () => {
        tools.duty = 'shift';
      },
    },
    {
      id: 'check',
      word: 'duty.check',
      able: true,
      run: () => {
        tools.duty = 'check';
      },
    },
    { id: 'wall', word: 'window.wall', able: true, run: () => openWindow('dinding') },
    { id: 'map', word: 'window.map', able: true, run: () => openWindow('peta') },
    {
      id: 'sound',
      word: sounds.on ? 'sound.off' : 'sound.on',
      able: true,
      run: () => sounds.set(!sounds.on),
    },
    {
      id: 'theme',
      word: theme() === 'dark' ? 'bar.light' : 'bar.dark',
      able: true,
      run: () => setTheme(theme() === 'dark' ? 'light' : 'dark'),
    },
    {
      id: 'lang',
      word: 'bar.language',
      able: true,
      run: () => void lang.set(lang.current === 'id' ? 'en' : 'id'),
    },
    {
      id: 'insight',
      word: 'app.screen_insight',
      able: exercise === null,
      run: () => location.assign('/insight'),
    },
    {
      id: 'latihan',
      word: 'rehearsal.room',
      able: live.me !== null && rehearses(live.me.role),
      run: () => location.assign('/latihan'),
    },
    {
      id: 'admin',
      word: 'app.screen_admin',
      able: manages && exercise === null,
      run: () => location.assign('/admin'),
    },
    {
      id: 'help',
      word: 'keys.title',
      keys: '?',
      able: true,
      run: () => {
        room.help = true;
      },
    },
    { id: 'logout', word: 'app.logout', able: true, run: () => void live.leave() },
  ];
}

/** What the open card offers. */
function ofCard(): Offered[] {
  const card = room.card;
  const of = (id: keyof CardKeys, word: Key, keys: string, run?: () => void): Offered => ({
    id,
    word,
    keys,
    able: mayAct() && run !== undefined,
    run: () => run?.(),
  });
  const offer = card.offer;
  return [
    of('claim', 'keys.claim', 'C', card.claim),
    of('incident', 'keys.incident', 'I', card.incident),
    of('offer', 'bar.offer', 'Enter', offer === undefined ? undefined : () => offer(0)),
    of('reply', 'keys.reply', 'R', card.reply),
    of('join', 'keys.join', 'J', card.join),
    of('move', 'keys.move', 'G', card.move),
    of('approve', 'keys.approve', 'A', card.approve),
    of('end', 'keys.end', 'E', card.end),
    of('hold', 'keys.hold', 'Y', card.hold),
    of('release', 'keys.release', 'L', card.release),
    of('past', 'keys.past', 'V', card.past),
    of('part', 'keys.part', 'P', card.part),
    of('warn', 'keys.warn', 'W', card.warn),
  ];
}

/** Lets go of the unit that is followed, else follows the chosen one. */
export function follow(): void {
  const unit = tools.following ?? tools.followable;
  if (unit !== null) tools.follow(unit);
}
