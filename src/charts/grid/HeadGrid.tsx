import { memo, useDeferredValue, useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { inEnglish, t } from '../../words/words';
import { useChartData } from '../export/chartData';
import { rampColour, type Ramp } from '../../scene/marks/ramp';
import { layOutHeads, MARGIN, compactShareText } from '../../scene/charts/headLayout';
import styles from './HeadGrid.module.css';

export interface HeadGridProps {
  readonly name: () => string;
  /** [layer][head], 0–1; below 0 the cell is empty except for its number. −1 to 1 for differences. */
  readonly values: readonly (readonly number[])[];
  readonly layer: number;
  readonly head: number;
  readonly onSelect: (layer: number, head: number) => void;
  /** The width it has if numbers fit in its cells, and the width that there is. */
  readonly width: number;
  readonly room: number;
  /** Amber is only for sinks; other measures are grey, and differences have a ramp. */
  readonly colour: 'sink' | 'other' | Ramp;
}

const HEADER = 14;
const FOOTER = 16;
/** From here on, ink on amber or grey is black in both colour schemes. */
const DEEP = 0.6;

/**
 * Layer × head table of one model, or of the difference of two; a click or the arrow keys choose the head
 * that the maps show.
 */
export function HeadGrid({ name, values, layer, head, onSelect, width, room, colour }: HeadGridProps) {
  const frame = useRef<SVGSVGElement>(null);
  const tip = useRef<SVGTitleElement & HTMLTitleElement>(null);
  const difference = typeof colour !== 'string';
  useChartData(frame, { kind: 'heads', name: inEnglish(name), values, sink: colour === 'sink', difference });
  const layers = values.length;
  const heads = values[0]?.length ?? 0;
  const { column, row: height, font, every } = layOutHeads({ values, width, room });
  const chosen = values[layer]?.[head];
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect((layer + move[0] + layers) % layers, (head + move[1] + heads) % heads);
  };
  const onClick = ({ target }: MouseEvent) => {
    const cell = cellAt(target);
    if (cell !== null) onSelect(Number(cell.dataset.layer), Number(cell.dataset.head));
  };
  const cells = useMemo(() => ({ values, layer, head, column, height, font }), [values, layer, head, column, height, font]);
  // Hundreds of elements of a large model: drawn after everything else, and so that the page answers in
  // between.
  const drawn = useDeferredValue(cells, null);
  return (
    <svg
      ref={frame}
      className={styles.grid}
      width={MARGIN + column * heads}
      height={HEADER + height * layers + (font === null ? FOOTER : 0)}
      role="grid"
      aria-label={name()}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onPointerOver={({ target }) => {
        // One tooltip, not one in each cell: a large model has hundreds of cells, and every element takes
        // time to create.
        tip.current!.textContent = cellAt(target)?.getAttribute('aria-label') ?? '';
      }}
    >
      <title ref={tip} />
      <g aria-hidden="true">
        {Array.from({ length: heads }, (_, h) => h)
          .filter((h) => h % every.heads === 0)
          .map((h) => (
            <text key={h} className={styles.axis} x={MARGIN + (h + 0.5) * column} y={9} textAnchor="middle">
              H{h + 1}
            </text>
          ))}
      </g>
      <rect className={styles.ground} x={MARGIN} y={HEADER} width={column * heads} height={height * layers} />
      <g aria-hidden="true">
        {Array.from({ length: layers }, (_, l) => l)
          .filter((l) => l % every.layers === 0)
          .map((l) => (
            <text key={l} className={styles.axis} x={0} y={HEADER + (l + 0.5) * height} dy="0.34em">
              L{l + 1}
            </text>
          ))}
      </g>
      {/* A new colour is there at once: what is printed waits for nothing. */}
      {drawn && <Cells {...drawn} colour={colour} />}
      {chosen !== undefined && (
        <rect
          className={styles.chosen}
          x={MARGIN + head * column + 0.75}
          y={HEADER + layer * height + 0.75}
          width={column - 1.5}
          height={height - 1.5}
        />
      )}
      {chosen !== undefined && font === null && (
        <text className={styles.axis} x={0} y={HEADER + height * layers + FOOTER - 4} aria-hidden="true">
          {nameOf(layer, head, chosen)}
        </text>
      )}
    </svg>
  );
}

interface CellsProps extends Pick<HeadGridProps, 'values' | 'layer' | 'head' | 'colour'> {
  readonly column: number;
  readonly height: number;
  readonly font: number | null;
}

const Cells = memo(function Cells({ values, layer, head, colour, column, height, font }: CellsProps) {
  const difference = typeof colour !== 'string';
  return (
    <>
      {values.map((row, l) => (
        <g key={l} role="row" transform={`translate(0 ${HEADER + l * height})`}>
          {row.map((value, h) => {
            const cell = {
              role: 'gridcell',
              'data-layer': l,
              'data-head': h,
              'aria-selected': l === layer && h === head,
              'aria-label': nameOf(l, h, value),
            };
            const area = {
              className: difference ? styles.cell : `${styles.cell} ${styles[colour]}`,
              x: h * column + MARGIN,
              width: column,
              height,
              ...(difference ? { fill: rampColour(colour, (1 + value) / 2) } : { fillOpacity: Math.max(0, value) }),
            };
            if (font === null) return <rect key={h} {...cell} {...area} />;
            return (
              <g key={h} {...cell}>
                <rect {...area} />
                <text
                  className={styles.value}
                  data-deep={!difference && value > DEEP}
                  data-away={difference && Math.abs(value) > DEEP}
                  fontSize={font}
                  x={MARGIN + (h + 0.5) * column}
                  y={height / 2}
                  dy="0.34em"
                  textAnchor="middle"
                >
                  {compactShareText(value, font)}
                </text>
              </g>
            );
          })}
        </g>
      ))}
    </>
  );
});

function nameOf(layer: number, head: number, value: number): string {
  return t('layer {layer}, head {head}: {value}', {
    layer: layer + 1,
    head: head + 1,
    value: value.toFixed(2).replace('-', '−'),
  });
}

function cellAt(target: EventTarget): SVGElement | null {
  return target instanceof Element ? target.closest<SVGElement>('[role=gridcell]') : null;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
