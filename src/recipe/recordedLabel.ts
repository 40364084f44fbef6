import { t } from '../words/words';
import { PRESETS } from './presets';
import { REAL_LLM_ID, REAL_LLM_LABEL } from './realLlm';
import type { RecordedId } from './recordedFiles';

/** What the page calls a recorded run. */
export function recordedLabel(id: RecordedId): string {
  return id === REAL_LLM_ID ? t(REAL_LLM_LABEL) : PRESETS.find((preset) => preset.id === id)!.label;
}
