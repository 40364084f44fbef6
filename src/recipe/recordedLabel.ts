import { t } from '../words/words';
import { PRESETS } from './presets';
import { REAL_LLM } from './realLlm';
import type { RecordedId } from './recordedFiles';

/** What the page calls a recorded run. */
export function recordedLabel(id: RecordedId): string {
  return id === 'llm' ? t(REAL_LLM.label) : PRESETS.find((preset) => preset.id === id)!.label;
}
