/** Figures as a crew reads them at a glance. Pure. */

/** Seconds as whole minutes, rounded up: nobody arrives in zero minutes. */
export function minutes(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / 60));
}

/**
 * A UUIDv7 from a time (ms since 1970) and 10 random bytes (RFC 9562, 5.7). Own code because
 * `crypto.randomUUID` is missing on pages without HTTPS, and a tablet must be able to answer there.
 */
export function uuid7(nowMs: number, random: Uint8Array): string {
  const time = Math.floor(nowMs).toString(16).padStart(12, '0').slice(-12);
  const rest = Array.from(random.subarray(0, 10), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  const variant = ((Number.parseInt(rest.charAt(3), 16) & 0x3) | 0x8).toString(16);
  const [a, b, c] = [rest.slice(0, 3), variant + rest.slice(4, 7), rest.slice(7, 19)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${a}-${b}-${c}`;
}
