/**
 * What the arms are: settings that differ beside the method, names that promise what is not there, controls
 * that are missing.
 */
import { NO_LAYER, shufflesPictures, shufflesText } from '../../../recipe/sections/arms';
import { armHeadStart, armLora, armTraining } from '../../../recipe/armRecipe';
import { ARM_FIELDS, fieldAt } from '../../../recipe/fields';
import { inSentence } from '../../../recipe/words';
import { t } from '../../../words/words';
import { compactAlike, listed } from '../../format';
import { textWeight } from '../../arms/armRole';
import type { VerdictCheck, CheckedRun, CheckedArm } from './check';

interface Setting {
  readonly name: string;
  readonly of: (arm: NonNullable<CheckedArm['spec']>) => number | string | boolean;
}

function settingsOf({ record: { spec }, tuned }: CheckedRun): Setting[] {
  const at = (path: string, of: Setting['of']): Setting => ({ name: fieldAt(path)!.label, of });
  return [
    // Each arm at a rate of its own choosing is what a fair comparison is.
    ...(tuned ? [] : [at('training.learningRate', (arm) => armTraining(spec, arm).learningRate)]),
    at('training.warmupSteps', (arm) => armTraining(spec, arm).warmupSteps),
    at('training.beta2', (arm) => armTraining(spec, arm).beta2),
    at('lora.rank', (arm) => armLora(spec, arm).rank),
    at('lora.firstLayer', (arm) => {
      const { firstLayer } = armLora(spec, arm);
      return firstLayer === NO_LAYER ? 'none' : firstLayer;
    }),
    at('objective.headStart', (arm) => armHeadStart(spec, arm)),
    { name: ARM_FIELDS.find(({ path }) => path === 'sinkToken')!.label, of: ({ sinkToken }) => sinkToken },
  ];
}

export const otherSettings: VerdictCheck = (checked) => {
  const { treatment, control } = checked;
  const [one, other] = [treatment.spec, control.spec];
  if (one === null || other === null) return null;
  const differing = settingsOf(checked).flatMap(({ name, of }) => {
    const [a, b] = [of(one), of(other)];
    if (a === b) return [];
    const setting = inSentence(name);
    if (typeof a !== 'number' || typeof b !== 'number') return [setting];
    const write = compactAlike([a, b]);
    return [t('{setting} ({a} and {b})', { setting, a: write(a), b: write(b) })];
  });
  return differing.length === 0
    ? null
    : t('{one} and {other} also differ in {settings}, which may be the cause.', {
        one: treatment.label,
        other: control.label,
        settings: listed(differing),
      });
};

/** Of all arms, since any of them may be read as KARMA’s. */
export const namedForText: VerdictCheck = ({ treatment, control, others }) => {
  for (const { id, label, spec } of [treatment, control, ...others]) {
    if (spec === null || !/karma/i.test(`${id} ${label}`)) continue;
    if (textWeight(spec) === 0) return t('{arm} has no text loss, whatever its name says.', { arm: label });
    if (shufflesText(spec))
      return t('{arm} has no loss on the right text, whatever its name says: its texts are those of random items.', {
        arm: label,
      });
  }
  return null;
};

export const controls: VerdictCheck = ({ treatment, control, others }) => {
  const { spec } = treatment;
  const all = [treatment, control, ...others].flatMap((arm) => arm.spec ?? []);
  if (spec === null) return null;
  if (textWeight(spec) > 0 && !shufflesText(spec) && !all.some((arm) => shufflesText(arm) && textWeight(arm) > 0))
    return t('Nothing here separates the right text from any text.');
  if (spec.lambdaImg > 0 && !shufflesPictures(spec) && !all.some((arm) => shufflesPictures(arm) && arm.lambdaImg > 0))
    return t('Nothing here separates the right picture from any picture.');
  return null;
};

export const oneRate: VerdictCheck = ({ tuned, treatment, control }) =>
  tuned || [treatment, control].every(({ spec }) => spec?.learningRate !== undefined)
    ? null
    : t('One recipe does not show whether each arm has its best learning rate.');

export const startedFromAdapter: VerdictCheck = ({ record: { start } }) =>
  start === undefined
    ? null
    : t('All arms start from the adapter {name}, whose own training is not counted here.', { name: start.name });
