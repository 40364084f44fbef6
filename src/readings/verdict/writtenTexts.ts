/** What base model and arms write after the recipe's prompts at one step. Pure. */
import { promptsOf } from '../../recipe/prompts';
import type { Continuation, RunRecord } from '../../record/runRecord';
import { armsOf, comparedArms, evaluationsAt } from '../arms/armsOf';

export interface WrittenText {
  readonly prompt: string;
  /** Base model first, then the arms evaluated at this step. */
  readonly models: readonly { readonly id: string; readonly label: string; readonly continuation: Continuation }[];
  /**
   * How much further one of the compared arms is from the base model's continuation than the other: the
   * difference of its NLL under the two, in nats per token. Texts are ordered by it, so that the one quoted
   * is chosen by a rule.
   */
  readonly apart: number;
}

/**
 * @param first index, in the recipe, of the prompt that comes first; default: the one on which the compared
 * arms differ most
 * @returns texts; empty if the record has none at that step
 */
export function writtenTexts(record: RunRecord, step: number | null, first?: number): WrittenText[] {
  const { continuations: base } = record.base;
  if (base === undefined) return [];
  const arms = armsOf(record);
  const pair = comparedArms(arms, null);
  const evaluations = evaluationsAt(arms, step);
  const asked = arms.flatMap((arm) => {
    const continuations = evaluations.get(arm.id)?.continuations;
    return continuations === undefined ? [] : [{ id: arm.id, label: arm.label, continuations }];
  });
  const prompts = promptsOf(record.spec);
  const texts = prompts
    .flatMap((prompt, index): WrittenText[] => {
      const own = base[index];
      if (own === undefined) return [];
      const said = asked.flatMap(({ id, label, continuations }) => {
        const continuation = continuations[index];
        return continuation === undefined ? [] : [{ id, label, continuation }];
      });
      const nll = (id: string | undefined): number => said.find((one) => one.id === id)?.continuation.baseNll ?? own.baseNll;
      const apart = Math.abs(nll(pair?.[0].id) - nll(pair?.[1].id));
      return [{ prompt, apart, models: [{ id: 'base', label: 'Base model', continuation: own }, ...said] }];
    })
    .sort((a, b) => b.apart - a.apart);
  const chosen = texts.filter(({ prompt }) => first !== undefined && prompt === prompts[first]);
  return [...chosen, ...texts.filter((text) => !chosen.includes(text))];
}

/**
 * The index, in the recipe, of the prompt that is shown at every step: while a run is not over the first one,
 * then the one on which the compared arms differ most in the end.
 */
export function keptPrompt(record: RunRecord): number {
  if (!record.complete) return 0;
  const [most] = writtenTexts(record, null);
  return most === undefined ? 0 : Math.max(0, promptsOf(record.spec).indexOf(most.prompt));
}
