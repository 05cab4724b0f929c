/**
 * How it stands between this page and the server, for pages that are left open: out of reach, slow, newer than the
 * page, signed out. Enters: how requests fare (api.ts), and a look at the page as it is served now. Leaves: what
 * ui/LineStrip.svelte says. What was typed is never taken from anybody: a page with typed words is not left.
 */

/** A request that takes longer than this is slow, ms. */
const SLOW_MS = 6_000;
/** Out of reach, the server is asked this often whether it is back, ms. */
const ASK_MS = 5_000;
/** A page that stays open looks this often whether there is a newer one, ms. */
const LOOK_MS = 30 * 60_000;

/** The scripts a page is made of; their names carry a hash, so they name its version. */
export function versionOf(html: string): string {
  const names = html.match(/\/assets\/[\w-]+-[\w-]{8}\.js/g) ?? [];
  return [...new Set(names)].sort().join(' ');
}

class Line {
  /** The server cannot be reached. */
  away = $state(false);
  /** Requests that have been waiting for too long. */
  slow = $state(0);
  /** The server has a newer page than this one. */
  newer = $state(false);
  /** The session ended while something was typed: whoever it was signs in again, and nothing is lost. */
  ended = $state(false);

  #version = '';
  #asking: ReturnType<typeof setTimeout> | undefined;

  /** Follows one request; its answer, or its failure, is handed on. */
  async follow(request: Promise<Response>): Promise<Response> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.slow += 1;
    }, SLOW_MS);
    try {
      const response = await request;
      this.#reached();
      return response;
    } catch (error) {
      // Given up by whoever asked: the server may be there.
      if (!(error instanceof DOMException && error.name === 'TimeoutError')) this.#lost();
      throw error;
    } finally {
      clearTimeout(timer);
      if (late) this.slow -= 1;
    }
  }

  /** Watches for a newer page; the answer stops it. */
  watch(): () => void {
    this.#version = versionOf(document.documentElement.outerHTML);
    const timer = setInterval(() => void this.look(), LOOK_MS);
    const seen = () => document.visibilityState === 'visible' && void this.look();
    // A part of the page that opens later and is no longer served.
    const missing = () => void this.look();
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('vite:preloadError', missing);
    return () => {
      clearInterval(timer);
      clearTimeout(this.#asking);
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('vite:preloadError', missing);
    };
  }

  /** Looks whether the server has a newer page. */
  async look(): Promise<void> {
    if (this.#version === '') return;
    const html = await fetch(location.pathname, { cache: 'no-cache' })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ''))
      .catch(() => '');
    const now = versionOf(html);
    if (now !== '' && now !== this.#version) this.newer = true;
  }

  #reached(): void {
    if (!this.away) return;
    this.away = false;
    clearTimeout(this.#asking);
    this.#asking = undefined;
    // Whoever was away may have come back as somebody newer.
    void this.look();
  }

  #lost(): void {
    this.away = true;
    this.#asking ??= setTimeout(() => {
      this.#asking = undefined;
      void this.follow(fetch('/healthz', { cache: 'no-store' })).catch(() => undefined);
    }, ASK_MS);
  }
}

export const line = new Line();

/** What fields held when somebody came to them first: anything else was typed since. */
const first = new WeakMap<HTMLTextAreaElement, string>();

/** Remembers what stood in a text field before it was typed in; the answer stops it. */
export function watchTyping(): () => void {
  const come = ({ target }: Event) => {
    if (target instanceof HTMLTextAreaElement && !first.has(target))
      first.set(target, target.value);
  };
  const leave = (event: BeforeUnloadEvent) => {
    if (typedSomething()) event.preventDefault();
  };
  document.addEventListener('focusin', come);
  window.addEventListener('beforeunload', leave);
  return () => {
    document.removeEventListener('focusin', come);
    window.removeEventListener('beforeunload', leave);
  };
}

/** Forms that know themselves whether something in them is not saved. */
const forms = new Set<() => boolean>();

/** Counts a form that knows whether it is saved; the answer stops it. Its fields lie in `data-guarded`. */
export function watchForm(dirty: () => boolean): () => void {
  forms.add(dirty);
  return () => forms.delete(dirty);
}

/** Whether a form that knows it says it is not saved. */
export const unsaved = (): boolean => [...forms].some((dirty) => dirty());

/** Whether words stand in a text field that were not sent or saved. */
export function typedSomething(): boolean {
  return (
    unsaved() ||
    [...document.querySelectorAll('textarea')].some(
      (field) =>
        field.value.trim() !== '' &&
        first.has(field) &&
        field.value !== first.get(field) &&
        field.closest('[data-guarded]') === null,
    )
  );
}
