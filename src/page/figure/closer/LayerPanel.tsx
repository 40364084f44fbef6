import { useState } from 'react';
import { LineChart } from '../../../charts/line/LineChart';
import { Segments, Select } from '../../controls/Choice';
import { count, fixed, sentenceCase, signed } from '../../format';
import { Term } from '../../glossary/Term';
import { setView, useView } from '../../state/view';
import { comparedArms, evaluationAt } from '../armsOf';
import { measuredOver, MEASURE_OPTIONS, shownMeasure } from '../attention/measures';
import { Panel } from '../panel/Panel';
import { TrainingChart } from '../TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import {
  aboveReference,
  layerSentence,
  layerSeries,
  layerTable,
  minusBase,
  placeReference,
  placeSeries,
  positionSeries,
  type Place,
} from './layerData';
import { startTokenNote } from '../startToken';
import styles from './Closer.module.css';

const HEIGHT = 230;
/** Charts of shares, from 0, along layers or positions. */
const SHARES = { xKind: 'linear', yKind: 'linear', formatX: count, include: [0] } as const;
const BASE_AT_0 = [{ id: 'base', label: 'base', value: 0, dash: '1.5 3' }] as const;
const VALUES = [
  { value: 'measured', label: 'as measured' },
  { value: 'minus', label: 'minus the base model’s' },
] as const;
/** Represents “all” in a select of numbers. */
const ALL = -1;

/** One sink measure: by layer at the step shown, and over training. */
export function LayerPanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const axis = useView((view) => view.xAxis);
  const step = useView((view) => view.step);
  const measure = shownMeasure(
    useView((view) => view.gridMeasure),
    record,
  );
  const pair = comparedArms(
    arms,
    useView((view) => view.difference),
  );
  const [hoveredLayer, setHoveredLayer] = useState<number | null>(null);
  const [hoveredPosition, setHoveredPosition] = useState<number | null>(null);
  const [values, setValues] = useState<(typeof VALUES)[number]['value']>('measured');
  const [chosen, setPlace] = useState<Place>({ layer: null, head: null });
  const { layers, heads } = record.base.attention;
  const place = { layer: inside(chosen.layer, layers), head: inside(chosen.head, heads) };
  const batchSize = record.spec.training.batchSize;
  const { name: label, cell } = measure;
  const byLayer = layerSeries(record, arms, measure, place.head, step);
  const byPosition = positionSeries(record, arms, step);
  const headWords = place.head === null ? 'mean over heads' : `head ${place.head + 1}`;
  const layerWords = place.layer === null ? 'mean over layers' : `layer ${place.layer + 1}`;
  const minus = values === 'minus';
  const less = minus ? ', minus the base model’s' : '';
  const yLabel = `${label}, ${headWords}${less}`;
  const byTime = placeSeries(arms, measure, place, axis, batchSize);
  const ofBase = placeReference(record, measure, place);
  const drawn = { references: minus ? BASE_AT_0 : [], formatY: minus ? signedDigits : twoDigits };
  return (
    <Panel
      name="Sinks by layer"
      wide
      title="In which layers?"
      controls={
        <>
          <Select
            label="Measure"
            value={measure.id}
            options={MEASURE_OPTIONS}
            onChange={(gridMeasure) => {
              setView({ gridMeasure });
            }}
          />
          <Segments label="Values" value={values} options={VALUES} onChange={setValues} />
          <Select
            label="Layer over time"
            value={place.layer ?? ALL}
            options={orAll(layers)}
            onChange={(layer) => {
              setPlace({ ...place, layer: layer === ALL ? null : layer });
            }}
          />
          <Select
            label="Heads"
            value={place.head ?? ALL}
            options={orAll(heads)}
            onChange={(head) => {
              setPlace({ ...place, head: head === ALL ? null : head });
            }}
          />
        </>
      }
      table={() => layerTable(record, arms, measure)}
      drawn={byLayer.length > 0}
      sentence={layerSentence(byLayer, pair, measure, step)}
      caption={
        <>
          {sentenceCase(label)}: {cell}; {measuredOver(measure.id, record, arms[0] ? evaluationAt(arms[0].record, step) : null)},
          ε = {record.base.sinks.threshold}. By layer: at the step shown, {headWords}. Over training: {layerWords}, {headWords}.{' '}
          {measure.sink &&
            byPosition.length > 0 &&
            'By position: at the step shown, all layers and heads, over the users whose histories reach the position. '}
          <Term id="contentCorrelation">Content test</Term>, <Term id="barcode">barcode index</Term> and entropy are read
          together: equal rows may be stripes or no preference at all. A pre-trained model has sinks of its own, often in its
          lower layers: what an arm changed is its difference from the base model. {startTokenNote(record)}
        </>
      }
    >
      {byLayer.length > 0 && (
        <div className={styles.charts}>
          <LineChart
            name={`${label} by layer`}
            height={HEIGHT}
            series={minus ? minusBase(byLayer) : byLayer}
            {...drawn}
            {...SHARES}
            xValues={Array.from({ length: layers }, (_, layer) => layer + 1)}
            xLabel="layer"
            yLabel={yLabel}
            hovered={hoveredLayer}
            onHover={setHoveredLayer}
            describeKey={(layer) => `layer ${layer}`}
          />
          <TrainingChart
            name={`${label} over training`}
            height={HEIGHT}
            series={minus ? aboveReference(byTime, ofBase) : byTime}
            references={minus ? BASE_AT_0 : ofBase}
            yKind="linear"
            formatY={minus ? signedDigits : twoDigits}
            include={[0]}
            yLabel={`${label}, ${layerWords}, ${headWords}${less}`}
            training={record.spec.training}
          />
          {measure.sink && byPosition.length > 0 && (
            <LineChart
              name="Sinks by position"
              height={HEIGHT}
              series={minus ? minusBase(byPosition) : byPosition}
              {...drawn}
              {...SHARES}
              xLabel="position, 1 = [BOS]"
              yLabel={`share of heads with α > ${record.base.sinks.threshold}${less}`}
              hovered={hoveredPosition}
              onHover={setHoveredPosition}
              describeKey={(position) => (position === 1 ? '[BOS]' : `position ${position}`)}
            />
          )}
        </div>
      )}
    </Panel>
  );
}

function signedDigits(value: number): string {
  return value === 0 ? fixed(0, 2) : signed(value, 2);
}

function twoDigits(value: number): string {
  return fixed(value, 2);
}

function inside(value: number | null, size: number): number | null {
  return value === null || value < size ? value : null;
}

function orAll(size: number): { value: number; label: string }[] {
  return [{ value: ALL, label: 'all' }, ...Array.from({ length: size }, (_, value) => ({ value, label: String(value + 1) }))];
}
