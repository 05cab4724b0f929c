/** Keeps the screen on while on duty; asks again each time the page comes back to the front. */
export function stayAwake(): () => void {
  if (!('wakeLock' in navigator)) return () => {};
  let lock: WakeLockSentinel | null = null;
  let done = false;
  const ask = async () => {
    if (done || document.visibilityState !== 'visible') return;
    // Refused on an empty battery: the screen then sleeps as the device wants.
    lock = await navigator.wakeLock.request('screen').catch(() => null);
  };
  document.addEventListener('visibilitychange', ask);
  void ask();
  return () => {
    done = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}
