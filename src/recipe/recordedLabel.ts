import { t } from '../words/words';
import { PRESETS } from './presets';
import { isRealLlm, REAL_LLMS } from './realLlm';
import type { RecordedId } from './recordedFiles';

/** What the page calls a recorded run. */
export function recordedLabel(id: RecordedId): string {
  if (isRealLlm(id)) return t(REAL_LLMS[id].label);
  return id === 'tuned' ? t('Tuned') : PRESETS.find((preset) => preset.id === id)!.label;
}
