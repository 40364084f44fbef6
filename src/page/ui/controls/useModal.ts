import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';

/** Opens a `<dialog>` over the page while `open` is true. */
export function useModal(open: boolean): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  // Only a dialog that is closed returns the focus; one that is removed while it is open takes the focus with
  // it.
  useLayoutEffect(() => {
    const element = dialog.current;
    return () => {
      element?.close();
    };
  }, []);
  return dialog;
}
