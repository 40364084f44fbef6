import { useRef, type KeyboardEvent } from 'react';
import { inEnglish, t } from '../../words/words';
import { useChartData } from '../export/chartData';
import { rampColour, type Ramp } from '../marks/ramp';
import { layOutHeads, MARGIN, shareText } from './headLayout';
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

/** Layer × head table of one model, or of the difference of two; a click or the arrow keys choose the head that the maps show. */
export function HeadGrid({ name, values, layer, head, onSelect, width, room, colour }: HeadGridProps) {
  const frame = useRef<SVGSVGElement>(null);
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
  const nameOf = (l: number, h: number, value: number): string =>
    t('layer {layer}, head {head}: {value}', { layer: l + 1, head: h + 1, value: value.toFixed(2).replace('-', '−') });
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
    >
      <g aria-hidden="true">
        {Array.from({ length: heads }, (_, h) => h)
          .filter((h) => h % every.heads === 0)
          .map((h) => (
            <text key={h} className={styles.axis} x={MARGIN + (h + 0.5) * column} y={9} textAnchor="middle">
              H{h + 1}
            </text>
          ))}
      </g>
      {values.map((row, l) => (
        <g key={l} role="row" transform={`translate(0 ${HEADER + l * height})`}>
          {l % every.layers === 0 && (
            <text className={styles.axis} x={0} y={height / 2} dy="0.34em" aria-hidden="true">
              L{l + 1}
            </text>
          )}
          {row.map((value, h) => (
            <g
              key={h}
              role="gridcell"
              aria-selected={l === layer && h === head}
              aria-label={nameOf(l, h, value)}
              className={styles.cell}
              transform={`translate(${MARGIN + h * column} 0)`}
              onClick={() => {
                onSelect(l, h);
              }}
            >
              <title>{nameOf(l, h, value)}</title>
              <rect className={styles.ground} width={column} height={height} />
              {difference ? (
                <rect className={styles.difference} width={column} height={height} fill={rampColour(colour, (1 + value) / 2)} />
              ) : (
                <rect className={styles[colour]} width={column} height={height} fillOpacity={Math.max(0, value)} />
              )}
              {font !== null && (
                <text
                  className={styles.value}
                  data-deep={!difference && value > DEEP}
                  data-away={difference && Math.abs(value) > DEEP}
                  fontSize={font}
                  x={column / 2}
                  y={height / 2}
                  dy="0.34em"
                  textAnchor="middle"
                >
                  {shareText(value, font)}
                </text>
              )}
            </g>
          ))}
        </g>
      ))}
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

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
