import { saveFile } from '../charts/export/saveFile';
import type { AdapterFile } from '../engine/peft/write';
import { zipFiles } from '../storage/zipWriter';

/** Name of an arm's folder. */
export function adapterFolder(arm: string): string {
  return `karma-${arm}-lora`;
}

/**
 * Downloads a folder in PEFT's layout as a ZIP archive, uncompressed, since trained weights hardly compress.
 */
export function saveAdapter(arm: string, files: readonly AdapterFile[]): void {
  const folder = adapterFolder(arm);
  saveFile(`${folder}.zip`, zipFiles(files.map(({ name, bytes }) => ({ path: `${folder}/${name}`, pieces: [bytes] }))));
}
