import { useState } from 'react';
import { LineChart } from '../../../charts/line/LineChart';
import { Segments, Select } from '../../controls/Choice';
import { compact, count, fixed } from '../../format';
import { Term } from '../../glossary/Term';
import { useView } from '../../state/view';
import { sampledAt } from '../armsOf';
import { Panel } from '../panel/Panel';
import { TrainingChart } from '../TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import {
  EMBEDDINGS,
  SHAPE_MEASURES,
  shapeSeries,
  shapeTable,
  spectra,
  spectrumSentence,
  type Embeddings,
  type ShapeMeasure,
} from './spectrumData';
import styles from './Closer.module.css';

const HEIGHT = 230;
const MEASURE_OPTIONS = Object.entries(SHAPE_MEASURES).map(([value, { label }]) => ({ value: value as ShapeMeasure, label }));
const KINDS = Object.entries(EMBEDDINGS).map(([value, { symbol }]) => ({ value: value as Embeddings, label: symbol }));

/** Singular values of h or e at the step shown, and one measure of their shape over training. */
export function SpectrumPanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const [of, setOf] = useState<Embeddings>('interest');
  const [measure, setMeasure] = useState<ShapeMeasure>('rankMe');
  const [hoveredPlace, setHoveredPlace] = useState<number | null>(null);
  const batchSize = record.spec.training.batchSize;
  const { symbol, name } = EMBEDDINGS[of];
  const { label, unit, digits } = SHAPE_MEASURES[measure];
  const curves = spectra(arms, of, step);
  const shown = Math.max(0, ...arms.map((arm) => sampledAt(arm.record, step)?.step ?? 0));
  return (
    <Panel
      name="Embedding spectra"
      wide
      title="How many directions do the embeddings use?"
      controls={
        <>
          <Segments label="Embeddings" value={of} options={KINDS} onChange={setOf} />
          <Select label="Over training" value={measure} options={MEASURE_OPTIONS} onChange={setMeasure} />
        </>
      }
      table={() => shapeTable(arms)}
      sentence={spectrumSentence(curves, of, shown)}
      caption={
        <>
          <Term id="spectrum">Singular values</Term> of the centred {name} as shares of the largest, on a logarithmic axis
          {of === 'interest' ? ', of the sampled users' : ', of the whole catalogue'}; <i>start</i>: before the first step, the
          same for all arms. <Term id="rankMeInterest">RankMe</Term> and participation ratio count the directions in use;
          uniformity is the log of the mean of exp(−2‖x − x′‖²), mean cosine the mean over pairs, both of vectors of length 1
          {of === 'interest' && '; open markers: all users'}. One seed.
        </>
      }
    >
      <div className={styles.charts}>
        {curves.length > 0 && (
          <LineChart
            name={`Singular values of ${symbol}`}
            height={HEIGHT}
            series={curves}
            references={[]}
            xKind="linear"
            yKind="log"
            formatX={count}
            formatY={(value) => compact(Number(value.toPrecision(2)))}
            xLabel="singular value, largest first"
            yLabel={`σ of ${symbol} / largest σ`}
            hovered={hoveredPlace}
            onHover={setHoveredPlace}
            describeKey={(place) => `singular value ${place}`}
          />
        )}
        <TrainingChart
          name={`${label} of ${symbol} over training`}
          height={HEIGHT}
          series={shapeSeries(arms, of, measure, axis, batchSize)}
          references={[]}
          yKind="linear"
          formatY={(value) => fixed(value, digits)}
          yLabel={`${label} of ${symbol} (${unit})`}
          training={record.spec.training}
        />
      </div>
    </Panel>
  );
}
