import { symbol } from 'd3';
import { inEnglish, t } from '../../words/words';
import { Axes } from '../axes/Axes';
import { neatTicks, numberScale, ticksAt } from '../../scene/ticks';
import { useWidth } from '../axes/useWidth';
import { useChartData } from '../export/chartData';
import { shown } from '../../scene/marks/label';
import { layOutIntervals, type IntervalGroup } from './intervalLayout';
import styles from './IntervalChart.module.css';

export interface IntervalChartProps {
  /** Label for screen readers, which read the values as a list. */
  readonly name: () => string;
  readonly groups: readonly IntervalGroup[];
  readonly xLabel: () => string;
  /** @param digits enough to distinguish the values */
  readonly format: (value: number, digits: number) => string;
}

/** Pixels from one tick's label to the next. */
const TICK_GAP = 40;

/** Values with their intervals, one below the other, on one axis that includes 0. Where labels do not fit side by side, a group's is above its points'. */
export function IntervalChart({ name, groups: given, xLabel, format: formatWith }: IntervalChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  useChartData(frame, { kind: 'intervals', groups: given, ...inEnglish(() => ({ name: name(), xLabel: xLabel() })) });
  const groups = shown(given).map((group) => ({ ...group, points: shown(group.points) }));
  const points = groups.flatMap((group) => group.points);
  const { left, area, height, placed } = layOutIntervals(groups, width);
  const low = Math.min(0, ...points.map(({ value, interval }) => interval?.[0] ?? value));
  const high = Math.max(0, ...points.map(({ value, interval }) => interval?.[1] ?? value));
  const digits = Math.min(5, Math.max(1, 2 - Math.floor(Math.log10(high - low || 1))));
  const format = (value: number): string => formatWith(value, digits);
  const x = numberScale('linear', [low, high], [area.left, area.right]);
  return (
    <div ref={frame} className={styles.frame}>
      <ul className="visually-hidden" aria-label={name()}>
        {groups.flatMap(({ id, label, points: own }) =>
          own.map((point) => (
            <li key={`${id} ${point.label}`}>
              {label}, {point.label}: {format(point.value)}
              {point.interval &&
                `, ${t('95 % interval {low} to {high}', { low: format(point.interval[0]), high: format(point.interval[1]) })}`}
            </li>
          )),
        )}
      </ul>
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <Axes
            area={area}
            xTicks={neatTicks('linear', ticksAt(x, x.ticks(5), format, TICK_GAP))}
            yTicks={[]}
            xLabel={xLabel()}
            yLabel=""
          />
          <line className={styles.zero} x1={x(0)} x2={x(0)} y1={area.top} y2={area.bottom} />
          {placed.map(({ group, y: heading, rows }) => (
            <g key={group.id} style={{ color: group.mark.colour }}>
              <text className={styles.group} x={0} y={heading} dy="0.32em">
                {group.label}
              </text>
              {rows.map(({ point, y: at }) => (
                <g key={point.label}>
                  <text className={styles.label} x={left - 8} y={at} dy="0.32em" textAnchor="end">
                    {point.label}
                  </text>
                  {point.interval && (
                    <line className={styles.interval} x1={x(point.interval[0])} x2={x(point.interval[1])} y1={at} y2={at} />
                  )}
                  <path
                    className={styles.marker}
                    d={symbol(group.mark.symbol, 44)() ?? ''}
                    transform={`translate(${x(point.value)} ${at})`}
                  />
                  <text className={styles.label} x={area.right + 8} y={at} dy="0.32em">
                    {format(point.value)}
                  </text>
                </g>
              ))}
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}
