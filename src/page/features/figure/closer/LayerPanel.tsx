import { spoken } from '../../../../scene/marks/label';
import { useState } from 'react';
import { T } from '../../../../words/T';
import { message, t } from '../../../../words/words';
import { LineChart } from '../../../../charts/line/LineChart';
import { Segments, Select } from '../../../ui/controls/Choice';
import { count, fixed, sentenceCase, signed } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { setView, useView } from '../../../state/view/view';
import { oneOf } from '../../../../record/comparedEvaluations';
import { attentionsAt, comparedArms } from '../../../../readings/arms/armsOf';
import { measuredOver, measureOptions, shownMeasure } from '../../../../readings/series/attentionMeasures';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { TrainingChart } from '../training/TrainingChart';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import {
  aboveReference,
  layerSentence,
  layerSeries,
  layerTable,
  minusBase,
  placeReference,
  placeSeries,
  positionSeries,
  type LayerHead,
} from '../../../../readings/series/layerData';
import { startTokenNote } from '../../../../readings/arms/startToken';
import styles from './Closer.module.css';

const HEIGHT = 230;
/** Charts of shares, from 0, along layers or positions. */
const SHARES = { xKind: 'linear', yKind: 'linear', formatX: count, include: [0] } as const;
const BASE_AT_0 = [{ id: 'base', ...spoken(() => t('base')), value: 0, dash: '1.5 3' }] as const;
const VALUES = [
  { value: 'measured', label: message('as measured') },
  { value: 'minus', label: message('minus the base model’s') },
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
  const [chosen, setPlace] = useState<LayerHead>({ layer: null, head: null });
  const { layers, heads } = record.base.attention;
  const place = { layer: inside(chosen.layer, layers), head: inside(chosen.head, heads) };
  const batchSize = record.spec.training.batchSize;
  const gone = leftOut(record, 'tables');
  const byLayer = gone === null ? layerSeries(record, arms, measure, place.head, step) : [];
  const byPosition = gone === null ? positionSeries(record, arms, step) : [];
  const minus = values === 'minus';
  const label = () => measure.name;
  const headWords = () => (place.head === null ? t('mean over heads') : t('head {head}', { head: place.head + 1 }));
  const layerWords = () => (place.layer === null ? t('mean over layers') : t('layer {layer}', { layer: place.layer + 1 }));
  /** What an axis shows. */
  const axisLabel = (...parts: readonly string[]) => [...parts, ...(minus ? [t('minus the base model’s')] : [])].join(', ');
  const byTime = gone === null ? placeSeries(arms, measure, place, axis, batchSize) : [];
  const ofBase = gone === null ? placeReference(record, measure, place) : [];
  const drawn = { references: minus ? BASE_AT_0 : [], formatY: minus ? signedDigits : twoDigits };
  return (
    <Panel
      name={() => t('Sinks by layer')}
      wide
      title={t('In which layers?')}
      controls={
        <>
          <Select
            label={t('Measure')}
            value={measure.id}
            options={measureOptions()}
            onChange={(gridMeasure) => {
              setView({ gridMeasure });
            }}
          />
          <Segments
            label={t('Values')}
            value={values}
            options={VALUES.map(({ value, label }) => ({ value, label: t(label) }))}
            onChange={setValues}
          />
          <Select
            label={t('Layer over time')}
            value={place.layer ?? ALL}
            options={orAll(layers)}
            onChange={(layer) => {
              setPlace({ ...place, layer: layer === ALL ? null : layer });
            }}
          />
          <Select
            label={t('Heads')}
            value={place.head ?? ALL}
            options={orAll(heads)}
            onChange={(head) => {
              setPlace({ ...place, head: head === ALL ? null : head });
            }}
          />
        </>
      }
      absent={gone}
      table={() => layerTable(record, arms, measure)}
      drawn={byLayer.length > 0}
      sentence={layerSentence(byLayer, pair, arms, measure, step)}
      caption={
        <>
          {t(
            '{measure}: {cell}; {population}, ε = {threshold}. By layer: at the step shown, {heads}. Over training: {layers}, {heads}.',
            {
              measure: sentenceCase(label()),
              cell: measure.cell,
              population: measuredOver(measure.id, record, oneOf(attentionsAt(arms, step))),
              threshold: String(record.base.sinks.threshold),
              heads: headWords(),
              layers: layerWords(),
            },
          )}{' '}
          {measure.sink &&
            byPosition.length > 0 &&
            `${t('By position: at the step shown, all layers and heads, over the users whose histories reach the position.')} `}
          <T
            text="<content>Content test</content>, <barcode>barcode index</barcode> and entropy are read together: equal rows may be stripes or no preference at all. A pre-trained model has sinks of its own, often in its lower layers: what an arm changed is its difference from the base model."
            values={{
              content: (inside) => <Term id="contentCorrelation">{inside}</Term>,
              barcode: (inside) => <Term id="barcode">{inside}</Term>,
            }}
          />{' '}
          {startTokenNote(record)}
        </>
      }
    >
      {byLayer.length > 0 && (
        <div className={styles.charts}>
          <LineChart
            name={() => t('{measure} by layer', { measure: label() })}
            height={HEIGHT}
            series={minus ? minusBase(byLayer) : byLayer}
            {...drawn}
            {...SHARES}
            xValues={Array.from({ length: layers }, (_, layer) => layer + 1)}
            xLabel={() => t('layer')}
            yLabel={() => axisLabel(label(), headWords())}
            hovered={hoveredLayer}
            onHover={setHoveredLayer}
            describeKey={(layer) => t('layer {layer}', { layer })}
          />
          <TrainingChart
            name={() => t('{measure} over training', { measure: label() })}
            height={HEIGHT}
            series={minus ? aboveReference(byTime, ofBase) : byTime}
            references={minus ? BASE_AT_0 : ofBase}
            yKind="linear"
            formatY={minus ? signedDigits : twoDigits}
            include={[0]}
            yLabel={() => axisLabel(label(), layerWords(), headWords())}
            training={record.spec.training}
          />
          {measure.sink && byPosition.length > 0 && (
            <LineChart
              name={() => t('Sinks by position')}
              height={HEIGHT}
              series={minus ? minusBase(byPosition) : byPosition}
              {...drawn}
              {...SHARES}
              xLabel={() => t('position, 1 = [BOS]')}
              yLabel={() =>
                axisLabel(t('share of heads with α > {threshold}', { threshold: String(record.base.sinks.threshold) }))
              }
              hovered={hoveredPosition}
              onHover={setHoveredPosition}
              describeKey={(position) => (position === 1 ? '[BOS]' : t('position {position}', { position }))}
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
  return [{ value: ALL, label: t('all') }, ...Array.from({ length: size }, (_, value) => ({ value, label: String(value + 1) }))];
}
