/** The prompts that models continue. */
import { itemBeginning, historyInWords, historyPrompt, testTargetOf, vocabularyRows } from '../../experiment/inspect/textPrompt';
import type { Training } from '../../experiment/train/training';
import type { TrainedArm } from '../../engine/trainedArm';
import type { LoadedModel } from '../../model/loadedModel';
import type { Prompt } from '../../model/generate';
import type { OrtProvider } from '../../model/ortProvider';
import type { TextRequest } from '../../record/generation';
import type { RunSpec } from '../../recipe/runSpec';

/** The models that generate, and the sources of their prompts. */
export interface TextInputs {
  readonly model: LoadedModel;
  readonly provider: OrtProvider;
  readonly spec: RunSpec;
  readonly arms: readonly TrainedArm[];
  /** Requested when a history should be continued. */
  readonly history: () => Promise<Omit<Training, 'read'>>;
}

export interface Prepared {
  readonly words: string;
  readonly target: string | null;
  /** The prompt under an arm's parameters or, with null, the base model's. */
  readonly of: (arm: TrainedArm | null) => Promise<Prompt>;
}

/** The prompt for every speaker. @throws RangeError when there is nothing to continue. */
export async function prepared({ prompt }: TextRequest, { model, spec, history }: TextInputs): Promise<Prepared> {
  const embed = (ids: readonly number[]): Promise<Float32Array> => vocabularyRows(model, ids);
  if (prompt.kind !== 'history') {
    const text = prompt.kind === 'item' ? itemBeginning(prompt.title, spec.data.itemTemplate) : prompt.text;
    const ids = [model.config.bosId, ...model.tokenizer.encode(text)];
    const rows = await embed(ids);
    return { words: `[BOS] ${text}`, target: null, of: () => Promise.resolve({ rows, embed }) };
  }
  const { data, features, initial } = await history();
  const target = testTargetOf(data, prompt.user);
  const example = data.exampleFor(target);
  const inputs = { features, titleTokens: data.titleTokens, objective: spec.objective };
  return {
    words: historyInWords(data, example, model.tokenizer),
    target: model.tokenizer.decode(example.text),
    of: async (arm) => ({ ...(await historyPrompt(model, inputs, example, arm ?? initial, arm?.spec.sinkToken)), embed }),
  };
}
