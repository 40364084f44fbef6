import { useContext, useId, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { inEnglish, numberFormat, t } from '../../words/words';
import { Axes } from '../axes/Axes';
import { characters } from '../../scene/characters';
import type { LinesData, ReadablePoint } from '../../scene/charts/lines';
import { isInside, type XRange } from '../../scene/charts/range';
import { ChartScale } from '../axes/chartScale';
import { useWidth } from '../axes/useWidth';
import { Brush } from '../brush/Brush';
import { attributesOf, localisedLabels } from '../../scene/marks/label';
import { Marks } from '../marks/Marks';
import { pointerIn, unlessLifted } from '../pointer';
import { useChartData } from '../export/chartData';
import { useEscape } from '../useEscape';
import { layOutLinePlot, nearestKey, readableKeys } from './linePlot';
import { useZoom } from './useZoom';
import styles from './LineChart.module.css';

export interface LineChartProps extends Omit<LinesData, 'kind' | 'name' | 'xLabel' | 'yLabel'> {
  readonly height: number;
  /** Label for screen readers; the panel's figure has the full caption. */
  readonly name: () => string;
  readonly xLabel: () => string;
  readonly yLabel: () => string;
  readonly labelWidth?: number;
  /** The key under the pointer, here or in a chart that shares it. */
  readonly hovered: number | null;
  readonly onHover: (key: number | null) => void;
  /** x of a hairline that stays, such as the scrubbed step. */
  readonly cursor?: number | null;
  /**
   * Says above the labels whom their values are of, as `all 3,000 users`.
   * @param n of the point read, null if none is
   */
  readonly labelNote?: (n: number | null) => string;
  /** Heading of the values in the tooltip. */
  readonly describeKey: (key: number) => string;
  /** Called with the part of the x axis to show, null for all of it; without it the chart does not zoom. */
  readonly onZoom?: (range: XRange | null) => void;
}

export function LineChart(props: LineChartProps) {
  const {
    name,
    xLabel,
    yLabel,
    height: givenHeight,
    labelWidth: givenWidth,
    hovered,
    onHover,
    cursor = null,
    describeKey,
    labelNote,
    onZoom,
    ...given
  } = props;
  const labels = { series: localisedLabels(given.series), references: localisedLabels(given.references) };
  const said = new Map([...given.series, ...given.references].map((one) => [one.id, one.said]));
  const height = Math.round(givenHeight * useContext(ChartScale));
  const [frame, width] = useWidth<HTMLDivElement>();
  const help = useId();
  const { range = null, formatX, formatY } = given;
  // In print, a part of the axis must not be taken for the whole.
  const part = range === null ? '' : `, ${formatX(range[0])} to ${formatX(range[1])}`;
  useChartData(frame, {
    kind: 'lines',
    ...inEnglish(() => ({ name: name(), xLabel: `${xLabel()}${part}`, yLabel: yLabel() })),
    ...given,
  });
  /**
   * Whether the pointer is in this chart: others that share the key show it in their labels, without a
   * tooltip.
   */
  const [active, setActive] = useState(false);
  const data = { ...given, ...labels, kind: 'lines', name: name(), xLabel: xLabel(), yLabel: yLabel() } as const;
  const plot = layOutLinePlot(data, { width, height, labelWidth: givenWidth ?? labelWidthOf(labels) });
  const { panel, area, axes } = plot;
  const read = hovered === null ? [] : plot.readable.filter(({ point }) => point.key === hovered);
  const svg = useRef<SVGSVGElement>(null);
  const { brush, onKey } = useZoom(svg, plot, range, active ? (read[0]?.point.x ?? null) : null, onZoom);

  const leave = () => {
    setActive(false);
    onHover(null);
  };
  useEscape(active && hovered !== null, leave);
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    if (brush.onPointerMove(event)) {
      if (hovered !== null) leave();
      return;
    }
    setActive(true);
    onHover(nearestKey(plot.readable, pointerIn(event).x));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const keys = readableKeys(panel);
    const at = hovered === null ? -1 : keys.indexOf(hovered);
    const next = { ArrowLeft: Math.max(0, at - 1), ArrowRight: Math.min(keys.length - 1, at + 1), Home: 0, End: keys.length - 1 }[
      event.key
    ];
    if (next === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    setActive(true);
    onHover(next === undefined ? null : (keys[next] ?? null));
  };

  const left = read[0]?.x;
  const labelText = (id: string): string | null => {
    // The final value on all users comes before a sample's at the same step.
    const one = read.findLast((reading) => reading.id === id);
    return one ? `${nameOf(one)} ${formatY(one.point.y)}` : null;
  };
  return (
    <div
      ref={frame}
      className={styles.frame}
      role="group"
      aria-label={name()}
      aria-describedby={help}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={leave}
    >
      <span id={help} className="visually-hidden">
        {t('Left and right arrow keys move over the points.')}
        {onZoom && ` ${t('Plus and minus zoom, Shift with an arrow key moves the part shown, 0 shows all.')}`}
      </span>
      {width > 0 && (
        <svg
          data-chart=""
          className={styles.chart}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          aria-hidden="true"
          onPointerMove={onPointerMove}
          ref={svg}
          data-zooms={onZoom !== undefined}
          onPointerDown={(event) => {
            brush.onPointerDown(event);
            onPointerMove(event);
          }}
          {...brush.ends}
          onDoubleClick={() => onZoom?.(null)}
          onPointerLeave={unlessLifted(leave)}
        >
          {cursor !== null && isInside({ x: cursor }, range) && (
            <line className={styles.cursor} x1={axes.x(cursor)} x2={axes.x(cursor)} y1={area.top} y2={area.bottom} />
          )}
          <Axes width={width} area={area} {...axes} xLabel={xLabel()} yLabel={yLabel()} />
          <Marks panel={panel} area={area} axes={axes} />
          {brush.drawn && <Brush {...brush.drawn} top={area.top} bottom={area.bottom} />}
          {labelNote && (
            <text className={styles.labelNote} x={area.right + 14} y={area.top - 12}>
              {labelNote(read.at(-1)?.point.n ?? null)}
            </text>
          )}
          {plot.labels.map((label) => (
            <g key={label.id}>
              <path className={styles.leader} d={`M${label.x + 5} ${label.anchor}L${area.right + 8} ${label.y}h3`} />
              <text
                className={styles.label}
                x={area.right + 14}
                y={label.y}
                dy="0.32em"
                {...attributesOf({ said: said.get(label.id) })}
              >
                {labelText(label.id) ?? label.text}
              </text>
            </g>
          ))}
          {read.map(({ id, apart, x, y }) => (
            <circle key={id + String(apart)} className={styles.ring} cx={x} cy={y} r={6} />
          ))}
        </svg>
      )}
      {range !== null && onZoom && (
        <button
          type="button"
          className={styles.reset}
          style={{ right: width - area.right }}
          onClick={() => {
            onZoom(null);
          }}
        >
          {t('{from} to {to} · Reset zoom', { from: formatX(range[0]), to: formatX(range[1]) })}
        </button>
      )}
      {active && hovered !== null && left !== undefined && (
        <Tooltip left={left} flip={left > (area.left + area.right) / 2}>
          <strong>{describeKey(hovered)}</strong>
          {read.map((one) => {
            const { id, apart, point } = one;
            return (
              <span key={id + String(apart)}>
                {nameOf(one)} {formatY(point.y)}
                {point.low !== undefined && point.high !== undefined && ` [${formatY(point.low)}, ${formatY(point.high)}]`}
                {point.n !== undefined && ` · n ${numberFormat().format(point.n)}`}
              </span>
            );
          })}
        </Tooltip>
      )}
    </div>
  );
}

/** Width of the longest label, in pixels, followed by a value of five characters; names are never cut off. */
function labelWidthOf({ series, references }: Pick<LineChartProps, 'series' | 'references'>): number {
  const longest = Math.max(0, ...[...series, ...references].map(({ label }) => characters(label)));
  return Math.max(104, Math.ceil(20 + 5.8 * (longest + 6)));
}

function nameOf({ label, apart }: ReadablePoint): string {
  return apart ? t('{arm}, all users', { arm: label }) : label;
}

function Tooltip({ left, flip, children }: { readonly left: number; readonly flip: boolean; readonly children: ReactNode }) {
  return (
    <div className={styles.tooltip} data-flip={flip} style={{ left }} aria-live="polite">
      {children}
    </div>
  );
}
