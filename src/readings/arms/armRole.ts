/** What an arm is trained on, in a few words. Pure. */
import { shufflesText } from '../../recipe/sections/arms';
import type { ArmSpec } from '../../recipe/runSpec';
import { armLine } from '../../recipe/whatChanged';
import { t } from '../../words/words';

/** Weight of the terms that read the text of a target, or of items. */
export function textWeight({ lambdaGen, lambdaRec, lambdaItem }: ArmSpec): number {
  return lambdaGen + lambdaRec + lambdaItem;
}

/** Whether an arm has nothing but the action loss, on the right targets. */
export function isClicksAlone(spec: ArmSpec): boolean {
  const lambdas = Object.entries(spec).filter(([name]) => name.startsWith('lambda'));
  return lambdas.every(([, value]) => value === 0) && spec.shuffle === 'none' && !spec.sinkToken;
}

/** Whether an arm has a loss on the text of the items that it is about. */
export function readsRightText(spec: ArmSpec): boolean {
  return textWeight(spec) > 0 && !shufflesText(spec);
}

/** The label of an arm on a chip: of controls, what they do; of others, their own. */
export function chipLabel({ label, spec }: { readonly label: string; readonly spec: ArmSpec | null }): string {
  if (spec === null || spec.shuffle === 'target' || isClicksAlone(spec) || readsRightText(spec)) return label;
  if (textWeight(spec) > 0) return t('Random text');
  return spec.lambdaKl > 0 ? t('KL penalty') : label;
}

/** “clicks alone”, “clicks and text”; other arms by their terms. */
export function armRole(spec: ArmSpec): string {
  if (spec.shuffle === 'target') return t('clicks at random: nothing to learn');
  if (isClicksAlone(spec)) return t('clicks alone');
  if (readsRightText(spec)) return t('clicks and text');
  if (textWeight(spec) > 0) return t('clicks and random texts');
  return spec.lambdaKl > 0 ? t('clicks, kept near the base model') : armLine(spec);
}
