import { Axes } from '../axes/Axes';
import { Marks } from '../marks/Marks';
import { Title } from '../marks/Title';
import type { ForestLayout } from './forestPlot';

/** A forest plot without its frame. */
export function ForestDrawing({ layout: { panel, area, axes, names } }: { readonly layout: ForestLayout }) {
  return (
    <g>
      <Title text={panel.name} />
      <Axes area={area} xTicks={axes.xTicks} yTicks={[]} xLabel="" yLabel="" upright />
      {names.map(({ text, whole, y }, i) => (
        <text key={i} y={y} dy="0.35em" fontSize="11" fill="var(--ink-2)">
          <title>{whole}</title>
          {text}
        </text>
      ))}
      <Marks panel={panel} area={area} axes={axes} />
    </g>
  );
}
