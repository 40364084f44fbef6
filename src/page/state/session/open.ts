/** Opens what the user gave the page. The readers are not part of the first load. */
import type { Session } from './session';

/** What a file field offers to open. */
export const OPENED = '.json,.gz,.zip,.gguf';

export async function open(files: readonly File[], session: Session): Promise<void> {
  const { openFiles } = await import('./openFiles');
  await openFiles(files, session);
}

/** Opens the files chosen in a file field, and empties it, so that the same files can be chosen again. */
export function openChosen(input: HTMLInputElement, session: Session): void {
  void open([...(input.files ?? [])], session);
  input.value = '';
}

/** Asks for files, and opens them. */
export function chooseFiles(session: Session): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = OPENED;
  input.addEventListener('change', () => {
    openChosen(input, session);
  });
  input.click();
}
