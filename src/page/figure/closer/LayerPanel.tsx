import { useState } from 'react';
import { LineChart } from '../../../charts/line/LineChart';
import { Select } from '../../controls/Choice';
import { count, fixed, sentenceCase } from '../../format';
import { Term } from '../../glossary/Term';
import { setView, useView } from '../../state/view';
import { comparedArms, evaluationAt } from '../armsOf';
import { measuredOver, MEASURE_OPTIONS, shownMeasure } from '../attention/measures';
import { Panel } from '../panel/Panel';
import { TrainingChart } from '../TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../useFigureArms';
import { layerSentence, layerSeries, layerTable, placeReference, placeSeries, positionSeries, type Place } from './layerData';
import styles from './Closer.module.css';

const HEIGHT = 230;
/** Charts of shares, from 0, along layers or positions. */
const SHARES = { references: [], xKind: 'linear', yKind: 'linear', formatX: count, formatY: twoDigits, include: [0] } as const;
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
  const [chosen, setPlace] = useState<Place>({ layer: null, head: null });
  const { layers, heads } = record.base.attention;
  const place = { layer: inside(chosen.layer, layers), head: inside(chosen.head, heads) };
  const batchSize = record.spec.training.batchSize;
  const { name: label, cell } = measure;
  const byLayer = layerSeries(record, arms, measure, place.head, step);
  const byPosition = positionSeries(record, arms, step);
  const headWords = place.head === null ? 'mean over heads' : `head ${place.head + 1}`;
  const layerWords = place.layer === null ? 'mean over layers' : `layer ${place.layer + 1}`;
  const yLabel = `${label}, ${headWords}`;
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
          together: equal rows may be stripes or no preference at all.
        </>
      }
    >
      {byLayer.length > 0 && (
        <div className={styles.charts}>
          <LineChart
            name={`${label} by layer`}
            height={HEIGHT}
            series={byLayer}
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
            series={placeSeries(arms, measure, place, axis, batchSize)}
            references={placeReference(record, measure, place)}
            yKind="linear"
            formatY={twoDigits}
            include={[0]}
            yLabel={`${label}, ${layerWords}, ${headWords}`}
            training={record.spec.training}
          />
          {measure.sink && byPosition.length > 0 && (
            <LineChart
              name="Sinks by position"
              height={HEIGHT}
              series={byPosition}
              {...SHARES}
              xLabel="position, 1 = [BOS]"
              yLabel={`share of heads with α > ${record.base.sinks.threshold}`}
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

function twoDigits(value: number): string {
  return fixed(value, 2);
}

function inside(value: number | null, size: number): number | null {
  return value === null || value < size ? value : null;
}

function orAll(size: number): { value: number; label: string }[] {
  return [{ value: ALL, label: 'all' }, ...Array.from({ length: size }, (_, value) => ({ value, label: String(value + 1) }))];
}
