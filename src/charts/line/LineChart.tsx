import { useContext, useId, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { inEnglish, numberFormat, t } from '../../words/words';
import { Axes } from '../axes/Axes';
import { characters } from '../../scene/characters';
import { ChartScale } from '../axes/chartScale';
import { useWidth } from '../axes/useWidth';
import { Brush } from '../brush/Brush';
import { shown } from '../../scene/marks/label';
import { pointerIn, unlessLifted } from '../pointer';
import { useChartData } from '../export/chartData';
import { useEscape } from '../useEscape';
import { layOutLinePlot, nearestKey, readableKeys, type DrawnPoint, type DrawnSeries, type LinePlotOptions } from './linePlot';
import { insideRange, isInside, type XRange } from '../../scene/charts/range';
import { useZoom } from './useZoom';
import styles from './LineChart.module.css';

export interface LineChartProps extends Omit<LinePlotOptions, 'width' | 'labelWidth'> {
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
  /** Says above the labels whom their values are of, as `all 3,000 users`. @param n of the point read, null if none is */
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
    labelWidth: givenWidth,
    hovered,
    onHover,
    cursor = null,
    describeKey,
    labelNote,
    onZoom,
    ...given
  } = props;
  const labels = { series: shown(given.series), references: shown(given.references) };
  const labelWidth = givenWidth ?? labelWidthOf(labels);
  const options = { ...given, ...labels, height: Math.round(given.height * useContext(ChartScale)) };
  const [frame, width] = useWidth<HTMLDivElement>();
  const help = useId();
  useChartData(frame, {
    kind: 'lines',
    ...inEnglish(() => ({ name: name(), xLabel: xLabel(), yLabel: yLabel() })),
    ...given,
  });
  /** Whether the pointer is in this chart: others that share the key show it in their labels, without a tooltip. */
  const [active, setActive] = useState(false);
  const plot = layOutLinePlot({ ...options, width, labelWidth });
  const { area } = plot;
  const { range = null } = given;
  const read = hovered === null ? [] : plot.drawn.flatMap((one) => readingsAt(one, hovered));
  const svg = useRef<SVGSVGElement>(null);
  const { brush, onKey } = useZoom(svg, plot, range, active ? (read[0]?.point.at.x ?? null) : null, onZoom);
  const clip = useId();

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
    onHover(nearestKey(plot.drawn, pointerIn(event).x));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const keys = readableKeys(options.series.map((one) => insideRange(one, range)));
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

  const left = read[0]?.point.x;
  const labelText = (id: string): string | null => {
    // The final value on all users comes before a sample's at the same step.
    const one = read.findLast((reading) => reading.id === id);
    return one ? `${one.label} ${options.formatY(one.point.at.y)}` : null;
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
          height={options.height}
          viewBox={`0 0 ${width} ${options.height}`}
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
          {range !== null && (
            <clipPath id={clip}>
              <rect x={area.left} y={0} width={area.right - area.left} height={options.height} />
            </clipPath>
          )}
          <Axes width={width} area={area} xTicks={plot.xTicks} yTicks={plot.yTicks} xLabel={xLabel()} yLabel={yLabel()} />
          {cursor !== null && isInside({ x: cursor }, range) && (
            <line className={styles.cursor} x1={plot.x(cursor)} x2={plot.x(cursor)} y1={area.top} y2={area.bottom} />
          )}
          {plot.references.map(({ reference, y }) => (
            <line
              key={reference.id}
              className={styles.reference}
              strokeDasharray={reference.dash}
              x1={area.left}
              x2={area.right}
              y1={y}
              y2={y}
            />
          ))}
          {plot.drawn.map((one) => (
            <SeriesMarks key={one.series.id} drawn={one} clip={range === null ? undefined : `url(#${clip})`} />
          ))}
          {brush.drawn && <Brush {...brush.drawn} top={area.top} bottom={area.bottom} />}
          {labelNote && (
            <text className={styles.labelNote} x={area.right + 14} y={area.top - 12}>
              {labelNote(read.at(-1)?.point.at.n ?? null)}
            </text>
          )}
          {plot.labels.map((label) => (
            <g key={label.id}>
              <path className={styles.leader} d={`M${label.x + 5} ${label.anchor}L${area.right + 8} ${label.y}h3`} />
              <text className={styles.label} x={area.right + 14} y={label.y} dy="0.32em">
                {labelText(label.id) ?? label.text}
              </text>
            </g>
          ))}
          {read.map(({ point, label }) => (
            <circle key={`${label} ${point.y}`} className={styles.ring} cx={point.x} cy={point.y} r={6} />
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
          {t('{from} to {to} · Reset zoom', { from: options.formatX(range[0]), to: options.formatX(range[1]) })}
        </button>
      )}
      {active && hovered !== null && left !== undefined && (
        <Tooltip left={left} flip={left > (area.left + area.right) / 2}>
          <strong>{describeKey(hovered)}</strong>
          {read.map(({ point, label, open }) => (
            <span key={label + String(open)}>
              {label} {options.formatY(point.at.y)}
              {point.at.low !== undefined && point.at.high !== undefined && (
                <>
                  {' '}
                  [{options.formatY(point.at.low)}, {options.formatY(point.at.high)}]
                </>
              )}
              {point.at.n !== undefined && ` · n ${numberFormat().format(point.at.n)}`}
            </span>
          ))}
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

interface KeyReading {
  readonly id: string;
  readonly label: string;
  readonly point: DrawnPoint;
  readonly open: boolean;
}

function readingsAt({ series: { id, label }, points, apart }: DrawnSeries, key: number): KeyReading[] {
  const here = (point: DrawnPoint): boolean => point.at.key === key;
  return [
    ...points.filter(here).map((point) => ({ id, label, point, open: false })),
    ...apart.filter(here).map((point) => ({ id, label: t('{arm}, all users', { arm: label }), point, open: true })),
  ];
}

function SeriesMarks({ drawn, clip }: { readonly drawn: DrawnSeries; readonly clip: string | undefined }) {
  const { series, points, apart } = drawn;
  const { colour, dash } = series.mark;
  return (
    <g style={{ color: colour }}>
      <g clipPath={clip}>
        {drawn.band && <path className={styles.band} d={drawn.band} />}
        {drawn.raw && <path className={styles.raw} d={drawn.raw} />}
        <path className={styles.line} d={drawn.line} strokeDasharray={dash} />
      </g>
      {[...points, ...apart].map(
        (point, i) =>
          point.whisker && (
            <line key={i} className={styles.whisker} x1={point.x} x2={point.x} y1={point.whisker[0]} y2={point.whisker[1]} />
          ),
      )}
      {series.markers &&
        points.map((point, i) => (
          <path key={i} className={styles.marker} d={drawn.marker} transform={`translate(${point.x} ${point.y})`} />
        ))}
      {apart.map((point, i) => (
        <path key={i} className={styles.open} d={drawn.marker} transform={`translate(${point.x} ${point.y}) scale(1.4)`} />
      ))}
    </g>
  );
}

function Tooltip({ left, flip, children }: { readonly left: number; readonly flip: boolean; readonly children: ReactNode }) {
  return (
    <div className={styles.tooltip} data-flip={flip} style={{ left }} aria-live="polite">
      {children}
    </div>
  );
}
