import { t } from '../words/words';
import { PRESETS } from './presets';
import { isRealLlm, REAL_LLMS } from './realLlm';
import type { RecordedId } from './recordedFiles';

/** What the page calls a recorded run. */
export function recordedLabel(id: RecordedId): string {
  return isRealLlm(id) ? t(REAL_LLMS[id].label) : PRESETS.find((preset) => preset.id === id)!.label;
}
