/**
 * Answers to what a recipe varies beside its compared arms: the size of adapters, and items that no arm was
 * trained on. Pure.
 *
 * Rules [O]:
 * - Adapters are compared where an arm differs from the control in rank alone, the smallest with the largest.
 *   One collapses sooner if its language is lost, or more of its heads are stuck, from an earlier measured
 *   step on, and neither from a later one. A step counts where the verdict would say that the value rises.
 * - Cold targets are reported where categories are held out or items have embeddings of their own, without a
 *   test.
 */
import type { RankingMeasure } from '../../measures/measure';
import { measureName } from '../../measures/measures';
import { BASELINES } from '../../measures/ranking/baselineNames';
import { armLora } from '../../recipe/armRecipe';
import type { ArmSpec } from '../../recipe/runSpec';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { leftOut } from '../../record/shortened';
import { message, t } from '../../words/words';
import type { FigureArm } from '../arms/armsOf';
import { count, listed, sentenceOfClauses } from '../format';
import { inPercent } from './rankingWords';
import { languageReading, moveOf, sinkReading, type MeasureReading } from './summaryWords';

type Arm = Pick<FigureArm, 'id' | 'label' | 'spec'>;

/**
 * Whether a larger adapter collapses sooner.
 * @param arms the control first
 * @param until the last step that is read
 * @returns empty where no arm differs from the control in rank alone, or nothing is measured
 */
export function adapterAnswer(record: RunRecord, [control, ...others]: readonly [Arm, ...Arm[]], until: number): string {
  const sized = [control, ...others]
    .flatMap(({ id, label, spec }) =>
      spec && control.spec && sameButRank(spec, control.spec) ? [{ id, label, rank: armLora(record.spec, spec).rank }] : [],
    )
    .sort((a, b) => a.rank - b.rank);
  const [small, large] = [sized[0], sized.at(-1)];
  if (small === undefined || large === undefined || small.rank === large.rank) return '';
  const found = ([languageReading(record), sinkReading(record)] as const).flatMap((reading, i) => {
    const [a, b] = [large, small].map(({ id }) => firstRise(record, reading, id, until)) as [number | null, number | null];
    return a === null || b === null ? [] : [{ what: LOST[i]!, a, b }];
  });
  if (found.length === 0) return '';
  const [sooner, later] = [found.some(({ a, b }) => a < b), found.some(({ a, b }) => a > b)];
  const never = found.every(({ a, b }) => a === Infinity && b === Infinity);
  const answer = sooner ? (later ? 'mixed' : 'sooner') : later ? 'later' : never ? 'never' : 'alike';
  if (answer === 'never') return t('With neither size of adapter is language lost or do more heads get stuck.');
  const when = (step: number): string => (step === Infinity ? t('never') : t('from step {step} on', { step: count(step) }));
  const clauses = found.map(({ what, a, b }) =>
    a === b
      ? t('{what}, {when} with both', { what: t(what), when: when(a) })
      : t('{what}, {one} with {large} and {other} with {small}', {
          ...{ what: t(what), one: when(a), other: when(b), large: large.label, small: small.label },
        }),
  );
  return t(
    'A larger adapter {answer, select, sooner {collapses sooner} later {collapses later} mixed {collapses sooner in one way and later in another} other {does not collapse sooner, by the steps that were measured}} (rank {large} against {small}): {clauses}',
    { answer, large: count(large.rank), small: count(small.rank), clauses: sentenceOfClauses(clauses) },
  );
}

const LOST = [message('language is lost'), message('more heads are stuck')] as const;

function sameButRank(one: ArmSpec, other: ArmSpec): boolean {
  const shape = (spec: ArmSpec): string => JSON.stringify(Object.entries({ ...spec, id: '', label: '', rank: 0 }).sort());
  return shape(one) === shape(other);
}

/**
 * The first measured step, up to one, after which a value has risen; infinite if it never has, null if it was
 * not measured.
 */
function firstRise(record: RunRecord, reading: MeasureReading, id: string, until: number): number | null {
  const { base } = reading;
  const measured = (record.arms.find((arm) => arm.id === id)?.evaluations ?? []).flatMap((evaluation) => {
    const value = reading.of(evaluation);
    // Attention is compared on the sampled users alone.
    const left = evaluation.population !== 'sample' || evaluation.step === 0 || evaluation.step > until;
    return value === null || left ? [] : [{ step: evaluation.step, value }];
  });
  if (base === null || measured.length === 0) return null;
  return measured.find(({ value }) => moveOf(reading, base, value) === 'raises')?.step ?? Infinity;
}

/**
 * How arms rank targets that none was trained on, and the best baseline there.
 * @returns what is not in the link; empty where the recipe does not ask, or has none
 */
export function coldAnswer(
  record: RunRecord,
  arms: readonly { readonly arm: Arm; readonly evaluation: Evaluation }[],
  measure: RankingMeasure,
  k: number,
): string {
  const { spec, baselines } = record;
  const [first] = arms;
  if (first === undefined || (spec.data.heldOutCategories === 0 && spec.objective.itemOutput !== 'content+id')) return '';
  const shares = arms.flatMap(({ arm, evaluation }) => {
    const share = measure.of(evaluation, 'cold', k);
    return share === null ? [] : [t('{value} with {arm}', { value: inPercent(share), arm: arm.label })];
  });
  const best = BASELINES.flatMap(({ id, name }) => {
    const ranked = baselines[id]?.[first.evaluation.population];
    const share = ranked ? measure.of(ranked, 'cold', k) : null;
    return share === null ? [] : [{ name, share }];
  }).sort((a, b) => b.share - a.share)[0];
  if (shares.length === 0) return leftOut(record, 'splits') ?? '';
  return t(
    'Of cold targets, whose items no arm was trained on, {measure} is {values}{known, select, yes {; the best baseline there is {name} ({value})} other {}}.',
    {
      ...{ measure: measureName(measure, k), values: listed(shares), known: best ? 'yes' : 'no' },
      ...{ name: best?.name ?? '', value: best ? inPercent(best.share) : '' },
    },
  );
}
