import { T } from '../../../../words/T';
import { message, t } from '../../../../words/words';
import { numbersText } from '../../../../record/fileStorage';
import { Swatch } from '../../../ui/controls/Swatch';
import { count } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { adapterName } from '../../../../readings/adapterName';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import {
  costRows,
  dispatches,
  inferenceSentence,
  inferenceTable,
  megaflops,
  msText,
} from '../../../../readings/series/inferenceData';
import styles from './Inference.module.css';

/** The cost of serving after training; absent if the record lacks it. */
export function InferencePanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const { inference, adapter, spec, base } = record;
  const gone = leftOut(record, 'costs');
  const about = {
    name: () => t('Inference cost'),
    title: t('What does inference cost after training?'),
    wide: true,
    drawn: false,
  };
  if (gone !== null)
    return (
      <>
        <hr />
        <Panel {...about} absent={gone} table={() => ({ columns: [], rows: [] })} sentence={gone} caption="">
          {null}
        </Panel>
      </>
    );
  if (!inference) return null;
  const { k, users, repeats } = inference;
  return (
    <>
      <hr />
      <Panel
        {...about}
        table={() => inferenceTable(inference, arms)}
        sentence={inferenceSentence(inference, arms)}
        caption={
          <T
            text={
              spec.objective.itemInterface === 'semantic'
                ? message(
                    'From a history to the {k} best items: one pass of the LLM over it to <h>h</h>, then one for each further code, with all beams side by side. Measured after the last step on {adapter}{software, select, yes {, a software adapter: its times say nothing about GPUs} other {}}; median of {repeats}, models taking turns, uploads and waiting included. MFLOP: matrix products of the decoder’s layers; codes are scored on the processor. Frozen weights: {precision}.',
                  )
                : message(
                    'From a history to the {k} best items: one pass of the LLM to <h>h</h>, then the similarity with every item. Measured after the last step on {adapter}{software, select, yes {, a software adapter: its times say nothing about GPUs} other {}}; median of {repeats}, models taking turns, uploads and waiting included. Item embeddings are computed beforehand. MFLOP: matrix products of the decoder’s layers and of scoring. Frozen weights: {precision}.',
                  )
            }
            values={{
              k: count(k),
              adapter: adapterName(adapter),
              software: adapter.fallback ? 'yes' : 'no',
              repeats: count(repeats),
              precision: numbersText(spec.model, base.fileStorage),
              h: (inside) => <Term id="interest">{inside}</Term>,
            }}
          />
        }
      >
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('Inference cost by model')}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('Model')}</th>
                <th scope="col">{t('ms, one request')}</th>
                <th scope="col">{t('ms each, {n} at once', { n: count(users) })}</th>
                <th scope="col">MFLOP</th>
                <th scope="col">{t('Dispatches')}</th>
                <th scope="col">{t('Parameters read')}</th>
                <th scope="col">{t('Dropped after training')}</th>
              </tr>
            </thead>
            <tbody>
              {costRows(inference, arms).map(({ id, label, said, mark, cost }) => (
                <tr key={id}>
                  <th scope="row">
                    {mark && <Swatch mark={mark} />} {said ? said() : <span translate="no">{label}</span>}
                  </th>
                  <td>{msText(cost.msAlone)}</td>
                  <td>{msText(cost.msInBatch)}</td>
                  <td>{megaflops(cost.flops)}</td>
                  <td>{cost.on === 'gpu' ? count(dispatches(cost)) : '–'}</td>
                  <td>{cost.parameters.used === 0 ? '–' : count(cost.parameters.used)}</td>
                  <td>{cost.parameters.training === 0 ? '–' : count(cost.parameters.training)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
    </>
  );
}
