/** The questions that the page offers first, each with the recorded run that answers it. */
import { message } from '../../../words/words';
import type { PresetId } from '../../../recipe/presets';
import { REAL_LLM_ID } from '../../../recipe/realLlm';
import type { QuestionId } from '../../../readings/story/answers';
import { isRecorded } from '../../../recipe/recordedArms';
import type { RecordedId } from '../../../recipe/recordedFiles';
import { useExperiment } from '../run/experiment';
import { setView } from '../view/view';
import { openRecordedRun, takePreset } from './recordedRun';

export interface OpeningQuestion {
  readonly id: QuestionId;
  readonly words: string;
  readonly preset: PresetId;
  /** The arm beside the control, if not KARMA. */
  readonly arm?: string;
}

export const QUESTIONS: readonly OpeningQuestion[] = [
  { id: 'collapse', words: message('See it collapse'), preset: 'collapse' },
  { id: 'fair', words: message('Is it fair?'), preset: 'strong' },
  { id: 'text', words: message('Does the right text matter?'), preset: 'strong', arm: 'shuffled' },
];

/** A recorded run of a real LLM that learned to rank; null if the site has none. */
export function realLlmRun(): RecordedId | null {
  return isRecorded(REAL_LLM_ID) ? REAL_LLM_ID : null;
}

/**
 * Shows the run that answers a question, beside the control that it is about.
 * @param taken whether the recipe becomes that of the run
 */
export async function ask({ preset, arm }: OpeningQuestion, taken: boolean): Promise<void> {
  if (taken) await takePreset(preset);
  else await openRecordedRun(preset);
  const { record } = useExperiment.getState();
  const control = record?.arms.find(({ id }) => id === 'action');
  const has = (id: string): boolean => record?.arms.some((one) => one.id === id) ?? false;
  setView({ difference: arm !== undefined && control !== undefined && has(arm) ? [arm, control.id] : null });
}
