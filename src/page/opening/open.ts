/** Opens what the user gave the page. The readers are not part of the first load. */
import type { Session } from '../state/session';

export async function open(files: readonly File[], session: Session): Promise<void> {
  const { openFiles } = await import('./openFiles');
  await openFiles(files, session);
}

/** Opens the files chosen in a file field, and empties it, so that the same files can be chosen again. */
export function openChosen(input: HTMLInputElement, session: Session): void {
  void open([...(input.files ?? [])], session);
  input.value = '';
}
