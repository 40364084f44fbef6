import { zipSync } from 'fflate';
import { saveFile } from '../../charts/export/saveFile';
import type { AdapterFile } from '../../engine/peft/write';

/** Downloads a folder of PEFT's layout as a ZIP archive. */
export function saveAdapter(arm: string, files: readonly AdapterFile[]): void {
  const folder = `karma-${arm}-lora`;
  const entries = files.map(({ name, bytes }) => [`${folder}/${name}`, bytes] as const);
  // Trained weights are noise to a compressor.
  saveFile(`${folder}.zip`, new Blob([zipSync(Object.fromEntries(entries), { level: 0 })], { type: 'application/zip' }));
}
