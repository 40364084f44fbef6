import { useState } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { LineChart } from '../../../../charts/line/LineChart';
import { Segments, Select } from '../../../ui/controls/Choice';
import { compact, count, fixed } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { useView } from '../../../state/view/view';
import { oneOf } from '../../../../record/comparedEvaluations';
import { sampledAt } from '../../../../readings/arms/armsOf';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { TrainingChart } from '../training/TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import { EMBEDDINGS, shapeSeries, shapeTable, spectra, spectrumSentence } from '../../../../readings/series/spectrumData';
import { SHAPE_ENTRIES } from '../../../../measures/entries';
import { rankMeMeasure, type Embeddings, type ShapeMeasure } from '../../../../measures/entries/embeddings';
import { measureHeading } from '../../../../measures/measures';
import styles from './Closer.module.css';

const HEIGHT = 230;
const MEASURES: readonly ShapeMeasure[] = SHAPE_ENTRIES;
const KINDS = Object.entries(EMBEDDINGS).map(([value, { symbol }]) => ({ value: value as Embeddings, label: symbol }));

/** Singular values of h or e at the step shown, and one measure of their shape over training. */
export function SpectrumPanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const [of, setOf] = useState<Embeddings>('interest');
  const [chosen, setMeasure] = useState(MEASURES[0]!.id);
  const measure = MEASURES.find(({ id }) => id === chosen) ?? rankMeMeasure;
  const [hoveredPlace, setHoveredPlace] = useState<number | null>(null);
  const batchSize = record.spec.training.batchSize;
  const { symbol } = EMBEDDINGS[of];
  const shownMeasure = measure[of];
  const curves = spectra(arms, of, step);
  const shown = oneOf(sampledAt(arms, step))?.step ?? 0;
  return (
    <Panel
      name={() => t('Embedding spectra')}
      wide
      title={t('How many directions do the embeddings use?')}
      controls={
        <>
          <Segments label={t('Embeddings')} value={of} options={KINDS} onChange={setOf} />
          <Select
            label={t('Over training')}
            value={chosen}
            options={MEASURES.map((one) => ({ value: one.id, label: one.name }))}
            onChange={setMeasure}
          />
        </>
      }
      absent={leftOut(record, 'shapes')}
      table={() => shapeTable(arms)}
      sentence={spectrumSentence(curves, of, shown)}
      caption={
        <>
          <T
            text="{of, select, interest {<term>Singular values</term> of the centred interest embeddings h as shares of the largest, on a logarithmic axis, of the sampled users} other {<term>Singular values</term> of the centred item embeddings e as shares of the largest, on a logarithmic axis, of the whole catalogue}}; <i>start</i>: before the first step, the same for all arms. Over training: <i>{measure}.</i>"
            values={{
              of,
              measure: shownMeasure.name,
              i: (inside) => <i>{inside}</i>,
              term: (inside) => <Term id="spectrum">{inside}</Term>,
            }}
          />{' '}
          {shownMeasure.definition}
          {shownMeasure.perUsers && ` ${t('Open markers: all users.')}`} {t('One seed.')}
        </>
      }
    >
      <div className={styles.charts}>
        {curves.length > 0 && (
          <LineChart
            name={() => t('Singular values of {symbol}', { symbol })}
            height={HEIGHT}
            series={curves}
            references={[]}
            xKind="linear"
            yKind="log"
            formatX={count}
            formatY={(value) => compact(Number(value.toPrecision(2)))}
            xLabel={() => t('singular value, largest first')}
            yLabel={() => t('σ of {symbol} / largest σ', { symbol })}
            hovered={hoveredPlace}
            onHover={setHoveredPlace}
            describeKey={(place) => t('singular value {place}', { place })}
          />
        )}
        <TrainingChart
          name={() => t('{measure} over training', { measure: shownMeasure.name })}
          height={HEIGHT}
          series={shapeSeries(arms, of, measure, axis, batchSize)}
          references={[]}
          yKind="linear"
          formatY={(value) => fixed(value, Math.min(2, shownMeasure.digits))}
          yLabel={() => measureHeading(shownMeasure)}
          training={record.spec.training}
        />
      </div>
    </Panel>
  );
}
