import { Fragment } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { IntervalChart } from '../../../../charts/interval/IntervalChart';
import { FIDELITY_ENTRIES } from '../../../../measures/entries';
import { count, fixed, sentenceCase } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { useView } from '../../../state/view/view';
import { comparedArms } from '../../../../readings/arms/armsOf';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import {
  fidelities,
  fidelityGroups,
  fidelitySentence,
  fidelityTable,
  overlapGroups,
  semanticOverlaps,
  targetsSentence,
} from '../../../../readings/series/fidelityData';
import { canDiffer, chanceOverlap, OVERLAP_K } from '../../../../measures/fidelity/semanticOverlap';
import { measureHeading } from '../../../../measures/measures';
import styles from './Fidelity.module.css';

/** The gain is listed whether or not a probe decoder was trained; the others only if they were measured. */
const [gain, ...rest] = FIDELITY_ENTRIES;

/**
 * Semantic fidelity of the final evaluations: every measure of a probe decoder, and both readings of JS@50.
 */
export function FidelityPanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const pair = comparedArms(
    arms,
    useView((view) => view.difference),
  );
  const probed = fidelities(record, arms);
  const overlapping = semanticOverlaps(record, arms);
  const others = rest
    .map((measure) => ({ measure, groups: fidelityGroups(probed, measure) }))
    .filter(({ groups }) => groups.length > 0);
  const { probeSteps } = record.spec.evaluation;
  const [overlap] = overlapping;
  return (
    <Panel
      name={() => t('Semantic fidelity')}
      wide
      title={t('How much of the next item does the embedding carry?')}
      drawn={probed.length + overlapping.length > 0}
      absent={leftOut(record, 'fidelity')}
      table={() => fidelityTable(record, arms)}
      sentence={fidelitySentence(probed, pair)}
      caption={
        <>
          <T
            text="<term>Decodability gain</term>: NLL of the next item’s text without h minus with h, in nats per token, of a probe decoder that is trained afterwards on every arm alike: the base model reading one soft token, of which only the projection is trained{steps, select, none {} other { ({steps} steps on {pairs} pairs)}}{control, select, yes {; Target’s own e is the control, the same decoder reading an embedding that is known to carry the text} other {}}."
            values={{
              steps: probed[0] ? count(probed[0].of.steps) : 'none',
              pairs: probed[0] ? count(probed[0].of.pairs) : '',
              control: record.base.control ? 'yes' : 'no',
              term: (inside) => <Term id="decodability">{inside}</Term>,
            }}
          />{' '}
          {others.map(({ measure, measure: { all } }) => (
            <Fragment key={all.id}>
              <i>{sentenceCase(all.name)}.</i> {all.definition} {targetsSentence(probed, measure)}{' '}
            </Fragment>
          ))}
          {overlap &&
            t('Two random lists of 50 of the {n} items would have about {chance}.', {
              n: count(record.data.items),
              chance: fixed(chanceOverlap(record.data.items), 2),
            })}{' '}
          <T
            text="<js>JS@50</js>: Jaccard of the 50 items retrieved with the 50 nearest to the target in the frozen space (neighbours), and mean Jaccard of their words with the target’s (words){targets, select, none {} other {, over {targets} targets}}. Bars: 95 % bootstrap over targets."
            values={{
              targets: overlap ? count(overlap.of.targets) : 'none',
              js: (inside) => <Term id="js">{inside}</Term>,
            }}
          />
        </>
      }
    >
      <div className={styles.charts}>
        <section>
          <h3>{t('Decodability gain')}</h3>
          {probed.length > 0 ? (
            <IntervalChart
              name={() => t('Decodability gain')}
              groups={fidelityGroups(probed, gain)}
              xLabel={() => gain.all.unit}
              format={fixed}
            />
          ) : (
            <p className={styles.none}>
              {probeSteps === 0
                ? t(
                    'Not measured in this run: its recipe has no probe decoder. Evaluation → Probe decoder steps turns it on for the next run.',
                  )
                : t('Measured after the last step, when all arms are trained.')}
            </p>
          )}
        </section>
        {others.map(({ measure: { all }, groups }) => (
          <section key={all.id}>
            <h3>{sentenceCase(all.name)}</h3>
            <IntervalChart
              name={() => sentenceCase(all.name)}
              groups={groups}
              xLabel={() => measureHeading(all)}
              format={fixed}
            />
          </section>
        ))}
        <section>
          <h3>JS@50</h3>
          {overlapping.length > 0 ? (
            <IntervalChart
              name={() => 'JS@50'}
              groups={overlapGroups(overlapping)}
              xLabel={() => t('Jaccard, 1 = the same sets')}
              format={fixed}
            />
          ) : (
            <p className={styles.none}>
              {!canDiffer(record.data.items)
                ? t('Not measured: with {n} items, every list of 50 holds the whole catalogue, whatever the model.', {
                    n: count(record.data.items),
                  })
                : record.spec.objective.itemInterface === 'semantic' && record.spec.evaluation.beamWidth < OVERLAP_K
                  ? t('Not measured: beams of {n} codes list fewer than 50 items.', {
                      n: count(record.spec.evaluation.beamWidth),
                    })
                  : record.adapter.runtime === 'torch'
                    ? t('Not measured: this run was trained by PyTorch, which leaves it out.')
                    : t('Not measured: this run was recorded by an earlier version.')}
            </p>
          )}
        </section>
      </div>
    </Panel>
  );
}
