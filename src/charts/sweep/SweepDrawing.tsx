import { t } from '../../words/words';
import { line, symbol } from 'd3';
import type { SweepLayout } from './sweepPlot';

interface SweepDrawingProps {
  readonly layout: SweepLayout;
  readonly title: string;
}

/** A measure over a numeric axis without its frame. All styles are attributes, so that it looks the same outside the page. */
export function SweepDrawing({ layout, title }: SweepDrawingProps) {
  const { area, places, values, lines, axis, base } = layout;
  const path = line<{ readonly x: number; readonly y: number }>(
    ({ x }) => x,
    ({ y }) => y,
  );
  return (
    <g fontSize="11" fill="var(--ink-2)">
      <text x={0} y={12} fontSize="12" fontWeight="600" fill="var(--ink)">
        {title}
      </text>
      {values.map(({ value, at, label }) => (
        <g key={value} transform={`translate(0 ${at})`}>
          <line x1={area.left} x2={area.right} stroke="var(--hair)" />
          <text x={area.left - 6} dy="0.35em" textAnchor="end">
            {label}
          </text>
        </g>
      ))}
      {places.map(({ value, at, label }) => (
        <text key={value} x={at} y={area.bottom + 16} textAnchor="middle">
          {label}
        </text>
      ))}
      <text x={(area.left + area.right) / 2} y={area.bottom + 32} textAnchor="middle">
        {axis}
      </text>
      {base !== null && (
        <g>
          <line
            x1={area.left}
            x2={area.right}
            y1={base.y}
            y2={base.y}
            stroke="var(--arm-base)"
            strokeDasharray="1.5 3"
            strokeWidth={1.5}
          />
          <text x={base.label.x} y={base.label.y} textAnchor="middle" fontSize="10">
            {t('untrained')}
          </text>
        </g>
      )}
      {lines.map(({ label, mark, points }) => (
        <g key={label} stroke={mark.colour} strokeWidth={1.75}>
          <path d={path(points) ?? ''} fill="none" strokeDasharray={mark.dash} />
          {points.map(({ x, y, from, to }) => (
            <g key={x}>
              <line x1={x} x2={x} y1={from} y2={to} opacity={0.6} />
              <path transform={`translate(${x} ${y})`} d={symbol(mark.symbol, 40)() ?? ''} fill={mark.colour} />
            </g>
          ))}
        </g>
      ))}
    </g>
  );
}
