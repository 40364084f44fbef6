/** `--export-gguf TYPE=FOLDER`: models as GGUF files. */
import type { ExportedType } from '../model/gguf/exportGguf';
import { UsageError } from './usageError';

export interface GgufOption {
  readonly type: ExportedType;
  readonly folder: string;
}

/** @throws UsageError */
export function readGgufOption(text: string): GgufOption {
  const [type, ...folder] = text.split('=');
  const known = (['F16', 'Q8_0'] as const).find((one) => one === type?.toUpperCase());
  if (known === undefined || folder.join('=') === '') {
    throw new UsageError(`--export-gguf needs TYPE=FOLDER with F16 or Q8_0, not ${text}.`);
  }
  return { type: known, folder: folder.join('=') };
}
