import type { AdapterInfo } from '../record/runRecord';
import { t } from '../words/words';

/** `google swiftshader`: whatever the browser reports. */
export function adapterName({ vendor, architecture, device, description }: AdapterInfo): string {
  return [vendor, architecture].filter(Boolean).join(' ') || device || description || t('unnamed adapter');
}
