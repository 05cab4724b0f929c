/**
 * Closes a modal dialog when its backdrop is pressed. The press must begin there too: whoever marks words with
 * the mouse and lets go beyond the edge closes nothing. An attachment: `{@attach onBackdrop(close)}`.
 */
export const onBackdrop = (close: () => void) => (dialog: HTMLDialogElement) => {
  let begun = false;
  const down = ({ target }: Event) => {
    begun = target === dialog;
  };
  const up = ({ target }: Event) => {
    if (begun && target === dialog) close();
  };
  dialog.addEventListener('pointerdown', down);
  dialog.addEventListener('click', up);
  return () => {
    dialog.removeEventListener('pointerdown', down);
    dialog.removeEventListener('click', up);
  };
};
