import { saveFile } from '../../charts/export/saveFile';
import type { AdapterFile } from '../../engine/peft/write';
import { zipFiles } from '../../storage/zipWriter';

/** What an arm's folder is called. */
export function adapterFolder(arm: string): string {
  return `karma-${arm}-lora`;
}

/** Downloads a folder of PEFT's layout as a ZIP archive, stored: trained weights are noise to a compressor. */
export function saveAdapter(arm: string, files: readonly AdapterFile[]): void {
  const folder = adapterFolder(arm);
  saveFile(`${folder}.zip`, zipFiles(files.map(({ name, bytes }) => ({ path: `${folder}/${name}`, pieces: [bytes] }))));
}
