import { saveFile } from '../../charts/export/saveFile';
import type { AdapterFile } from '../../engine/peft/write';
import { zipFiles } from '../../storage/zipWriter';

/** Downloads a folder of PEFT's layout as a ZIP archive, stored: trained weights are noise to a compressor. */
export function saveAdapter(arm: string, files: readonly AdapterFile[]): void {
  const folder = `karma-${arm}-lora`;
  saveFile(`${folder}.zip`, zipFiles(files.map(({ name, bytes }) => ({ path: `${folder}/${name}`, pieces: [bytes] }))));
}
