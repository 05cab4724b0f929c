/** One tone with soft edges, so that the speaker does not click. Times in seconds. */
export function tone(
  audio: AudioContext,
  hz: number,
  at: number,
  long: number,
  loud: number,
): void {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.type = 'triangle';
  source.frequency.value = hz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loud, at + 0.02);
  volume.gain.setValueAtTime(loud, at + long - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + long);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + long);
}
