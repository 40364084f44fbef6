import { inEnglish, t } from '../../words/words';
import { Axes } from '../axes/Axes';
import { useWidth } from '../axes/useWidth';
import { useChartData } from '../export/chartData';
import { attributesOf, localisedLabels } from '../../scene/marks/label';
import { Marks } from '../marks/Marks';
import type { IntervalGroup } from '../../scene/charts/intervals';
import { layOutIntervals } from './intervalLayout';
import styles from './IntervalChart.module.css';

export interface IntervalChartProps {
  /** Label for screen readers, which read the values as a list. */
  readonly name: () => string;
  readonly groups: readonly IntervalGroup[];
  readonly xLabel: () => string;
  /** @param digits enough to distinguish the values */
  readonly format: (value: number, digits: number) => string;
}

/**
 * Values with their intervals, one below the other, on one axis that includes 0. Where labels do not fit side
 * by side, a group's is above its points'.
 */
export function IntervalChart({ name, groups: given, xLabel, format: formatWith }: IntervalChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const values = given.flatMap(({ points }) => points.flatMap(({ value, interval }) => interval ?? [value]));
  const span = Math.max(0, ...values) - Math.min(0, ...values);
  const digits = Math.min(5, Math.max(1, 2 - Math.floor(Math.log10(span || 1))));
  const format = (value: number): string => formatWith(value, digits);
  useChartData(frame, { kind: 'intervals', groups: given, format, ...inEnglish(() => ({ name: name(), xLabel: xLabel() })) });
  const groups = localisedLabels(given).map((group) => ({ ...group, points: localisedLabels(group.points) }));
  const { panel, left, area, axes, height } = layOutIntervals({ name: name(), groups, xLabel: xLabel(), format }, width);
  return (
    <div ref={frame} className={styles.frame}>
      <ul className="visually-hidden" aria-label={name()}>
        {groups.flatMap(({ id, label, said, points: own }) =>
          own.map((point) => (
            <li key={`${id} ${point.label}`}>
              <span {...attributesOf({ said })}>{label}</span>, <span {...attributesOf(point)}>{point.label}</span>:{' '}
              {format(point.value)}
              {point.interval &&
                `, ${t('95 % interval {low} to {high}', { low: format(point.interval[0]), high: format(point.interval[1]) })}`}
            </li>
          )),
        )}
      </ul>
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          <Axes area={area} xTicks={axes.xTicks} yTicks={[]} xLabel={panel.x.label} yLabel="" upright />
          <Marks panel={panel} area={area} axes={axes} />
          {panel.rows.map(({ group, heading, points }) => (
            <g key={group.id}>
              <text className={styles.group} x={0} y={axes.y(heading)} dy="0.32em" {...attributesOf(group)}>
                {group.label}
              </text>
              {group.points.map(({ label, said, value }, i) => (
                <g key={label} className={styles.label} transform={`translate(0 ${axes.y(points[i]!)})`}>
                  <text x={left - 8} dy="0.32em" textAnchor="end" {...attributesOf({ said })}>
                    {label}
                  </text>
                  <text x={area.right + 8} dy="0.32em">
                    {format(value)}
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
