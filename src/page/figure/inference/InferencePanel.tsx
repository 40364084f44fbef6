import { precisionText } from '../../../record/fileStorage';
import { Swatch } from '../../controls/Swatch';
import { count } from '../../format';
import { Term } from '../../glossary/Term';
import { adapterName } from '../../runbar/DeviceBadge';
import { Panel } from '../panel/Panel';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import { costRows, dispatches, inferenceSentence, inferenceTable, megaflops, msText } from './inferenceData';
import styles from './Inference.module.css';

/** The cost of serving after training; absent if the record lacks it. */
export function InferencePanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const { inference, adapter, spec, base } = record;
  if (!inference) return null;
  const { k, users, repeats } = inference;
  return (
    <>
      <hr />
      <Panel
        name="Inference cost"
        wide
        title="What does inference cost after training?"
        drawn={false}
        table={() => inferenceTable(inference, arms)}
        sentence={inferenceSentence(inference, arms)}
        caption={
          <>
            From a history to the {count(k)} best items: one pass of the LLM to <Term id="interest">h</Term>, then the similarity
            with every item. Measured after the last step on {adapterName(adapter)}
            {adapter.fallback && ', a software adapter: its times say nothing about GPUs'}; median of {count(repeats)}, models
            taking turns, uploads and waiting included. Item embeddings are computed beforehand. MFLOP: matrix products of the
            decoder’s layers and of scoring. Frozen weights: {precisionText(spec.model.precision, base.fileStorage)}.
          </>
        }
      >
        <div className={styles.scroll} tabIndex={0} role="region" aria-label="Inference cost by model">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">ms, one request</th>
                <th scope="col">ms each, {count(users)} at once</th>
                <th scope="col">MFLOP</th>
                <th scope="col">Dispatches</th>
                <th scope="col">Parameters read</th>
                <th scope="col">Dropped after training</th>
              </tr>
            </thead>
            <tbody>
              {costRows(inference, arms).map(({ id, label, mark, cost }) => (
                <tr key={id}>
                  <th scope="row">
                    {mark && <Swatch mark={mark} />} {label}
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
