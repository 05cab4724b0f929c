/** A file dropped beside a field for files would open in place of the page, with all that is typed on it. */

function refuse(event: DragEvent): void {
  const field = event.target instanceof HTMLInputElement && event.target.type === 'file';
  if (!field && event.dataTransfer?.types.includes('Files')) event.preventDefault();
}

/** From now on such files go nowhere. */
export function refuseDrops(): void {
  window.addEventListener('dragover', refuse);
  window.addEventListener('drop', refuse);
}
