import { useContext, useMemo, useState } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import type { MapCell } from '../../../../charts/attention/AttentionMap';
import { layOutMap } from '../../../../charts/attention/mapLayout';
import { LOG_FLOOR } from '../../../../scene/charts/mapPixels';
import { useWidth } from '../../../../charts/axes/useWidth';
import { attentionRamp, differenceRamp, rampGradient } from '../../../../scene/marks/ramp';
import { Term } from '../../../ui/controls/Term';
import { armLine } from '../../../../recipe/whatChanged';
import { useScheme } from '../../../state/view/useScheme';
import { useView } from '../../../state/view/view';
import { oneOf } from '../../../../record/comparedEvaluations';
import { attentionsAt, comparedArms, markOfColumn, recordedSteps } from '../../../../readings/arms/armsOf';
import { Unfolded, WithControls } from '../../../ui/panel/chrome';
import { Panel } from '../../../ui/panel/Panel';
import { startTokenNote } from '../../../../readings/arms/startToken';
import { useFigureArms, useMeasuredRecord, useShownHead } from '../../../state/run/useFigureArms';
import { leftOut, mapsLeftOut } from '../../../../record/shortened';
import { attentionColumns, attentionSentence, attentionTable, gridLeftOut } from '../../../../readings/series/attentionData';
import { AttentionControls } from './AttentionControls';
import { DifferenceColumn } from './DifferenceColumn';
import { Legend } from './Legend';
import { MapColumn } from './MapColumn';
import { measuredOver, shownMeasure } from '../../../../readings/series/attentionMeasures';
import { Readout } from './Readout';
import { Scrubber } from './Scrubber';
import { Columns } from './ColumnHeading';
import { columnWidth } from '../../../../readings/series/columnRows';
import { ColumnTabs } from './ColumnTabs';
import styles from './Attention.module.css';

const GAP = 20;
const NARROW = 560;

/** Row 1 of the figure: every model's attention on the same history, base model first. */
export function AttentionPanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const [row, width] = useWidth<HTMLDivElement>();
  const [hovered, setHovered] = useState<MapCell | null>(null);
  const [tab, setTab] = useState('base');
  const withControls = useContext(WithControls);
  const below = useContext(Unfolded) !== null;
  const step = useView((view) => view.step);
  const chosenPair = useView((view) => view.difference);
  const logColour = useView((view) => view.logColour);
  const measure = shownMeasure(
    useView((view) => view.gridMeasure),
    record,
  );
  const hoveredItem = useView((view) => view.hoveredItem);
  const scheme = useScheme();
  const ramps = useMemo(() => ({ weight: attentionRamp(scheme), difference: differenceRamp(scheme) }), [scheme]);
  const at = useShownHead(record);
  const columns = useMemo(() => attentionColumns(record, arms, at, step), [record, arms, at, step]);
  const pair = comparedArms(arms, chosenPair);
  const probe = record.probes[at.probe];
  if (!probe) return null;

  const narrow = width > 0 && width < NARROW;
  const shownCount = narrow ? 1 : columns.length + (pair ? 1 : 0);
  const ofColumn = columnWidth(shownCount, width, GAP);
  const layout = layOutMap(probe.labels, ofColumn, Math.max(56, ofColumn * 0.26), probe.itemPositions);
  const marked = hoveredItem === null ? [] : probe.itemPositions.filter((position) => probe.labels[position] === hoveredItem);
  const tabs = [
    ...columns.map(({ id, label }) => ({ id, label })),
    ...(pair ? [{ id: 'difference', label: t('Difference') }] : []),
  ];
  const visible = (id: string): boolean => !narrow || id === tab;
  const common = { probe, layout, width: ofColumn, hovered, onHover: setHovered, marked };
  const population = measuredOver(measure.id, record, oneOf(attentionsAt(arms, step)));
  return (
    <Panel
      name={() => t('Attention maps')}
      wide
      title={t('Where does the model look in this history, layer {layer}, head {head}?', {
        layer: at.layer + 1,
        head: at.head + 1,
      })}
      controls={<AttentionControls record={record} at={at} />}
      table={() => attentionTable(columns, probe)}
      absent={probe.labels.length === 0 ? leftOut(record, 'histories') : null}
      sentence={attentionSentence(columns, probe, at, pair?.[1].id ?? arms[0]?.id ?? 'base')}
      caption={
        <>
          <T
            text="Weight A of each query row on each key, rows sum to 1; one layer, one head, one <probe>probe history</probe> (T = {length}), one colour scale for all models. Labels on the diagonal name row and column. Grid: {cell}; {population}, ε = {threshold}. Importance α of a key is its mean weight over the rows that see it, which grows as T shrinks; pre-trained models have first-token <sink>sinks</sink> already, so compare with the base model."
            values={{
              length: probe.labels.length,
              cell: measure.cell,
              population,
              threshold: String(record.base.sinks.threshold),
              probe: (inside) => <Term id="probe">{inside}</Term>,
              sink: (inside) => <Term id="sink">{inside}</Term>,
            }}
          />{' '}
          {startTokenNote(record)}
          {record.spec.objective.itemInterface === 'semantic' &&
            ` ${t('An item’s codes are one position here: attention to them is added up, and that of their rows is averaged.')}`}
        </>
      }
    >
      <div ref={row} className={styles.measure} />
      {narrow && <ColumnTabs tabs={tabs} chosen={tab} onChoose={setTab} />}
      {width > 0 && (
        <Columns width={ofColumn} gap={GAP}>
          {columns
            .filter(({ id }) => visible(id))
            .map((column) => (
              <MapColumn
                key={column.id}
                {...common}
                column={column}
                measure={measure}
                gridLeftOut={gridLeftOut(record, column, measure.id)}
                mark={markOfColumn(arms, column.id)}
                note={column.id === 'base' ? t('pre-trained, frozen') : noteOf(arms.find((arm) => arm.id === column.id)?.spec)}
                layer={at.layer}
                head={at.head}
                ramp={ramps.weight}
              />
            ))}
          {pair && visible('difference') && (
            <DifferenceColumn
              {...common}
              arms={arms}
              pair={pair}
              columns={columns}
              at={at}
              measure={measure}
              gridLeftOut={columns[0] ? gridLeftOut(record, columns[0], measure.id) : null}
              mapsLeftOut={mapsLeftOut(record)}
              ramp={ramps.difference}
            />
          )}
        </Columns>
      )}
      <div className={styles.under}>
        <Legend
          gradient={rampGradient(ramps.weight)}
          ticks={logColour ? [LOG_FLOOR.toFixed(3), '0.06', '1'] : ['0', '0.5', '1']}
          label={logColour ? t('attention, log') : t('attention')}
        />
        {/* Below the page's first picture, that one's scrubber moves these maps. */}
        {withControls && !below && arms.length > 0 && <Scrubber steps={recordedSteps(record.arms)} />}
      </div>
      <Readout cell={hovered} probe={probe} columns={columns} pair={pair} />
    </Panel>
  );
}

function noteOf(spec: Parameters<typeof armLine>[0] | null | undefined): string {
  return spec ? armLine(spec) : '';
}
