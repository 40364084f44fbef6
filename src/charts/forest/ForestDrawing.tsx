import { symbol } from 'd3';
import type { ForestLayout } from './forestPlot';

interface ForestDrawingProps {
  readonly layout: ForestLayout;
  readonly title: string;
}

/** A forest plot without its frame. All styles are attributes, so that it looks the same outside the page. */
export function ForestDrawing({ layout, title }: ForestDrawingProps) {
  const { area, zero, ticks, rows } = layout;
  return (
    <g fontSize="11" fill="var(--ink-2)">
      <text x={0} y={12} fontSize="12" fontWeight="600" fill="var(--ink)">
        {title}
      </text>
      {ticks.map(({ value, at, label }) => (
        <g key={value} transform={`translate(${at} 0)`}>
          <line y1={area.top} y2={area.bottom} stroke="var(--hair)" />
          <text y={area.bottom + 15} textAnchor="middle">
            {label}
          </text>
        </g>
      ))}
      <line x1={zero} x2={zero} y1={area.top - 4} y2={area.bottom + 4} stroke="var(--ink-3)" />
      {rows.map(({ label, whole, mark, y, estimate, seeds }, i) => (
        <g key={i} transform={`translate(0 ${y})`}>
          <text dy="0.35em">
            <title>{whole}</title>
            {label}
          </text>
          {seeds.map((x, place) => (
            <circle key={place} cx={x} cy={0} r={1.8} fill={mark.colour} opacity={0.45} />
          ))}
          {estimate && (
            <>
              <line x1={estimate.from} x2={estimate.to} stroke={mark.colour} strokeWidth={1.75} />
              <path
                transform={`translate(${estimate.x} 0)`}
                d={symbol(mark.symbol, 46)() ?? ''}
                fill={estimate.distinguishable ? mark.colour : 'var(--paper)'}
                stroke={mark.colour}
                strokeWidth={1.5}
              />
            </>
          )}
        </g>
      ))}
    </g>
  );
}
