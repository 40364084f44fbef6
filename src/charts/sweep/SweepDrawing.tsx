import { t } from '../../words/words';
import { Axes } from '../axes/Axes';
import { Marks } from '../marks/Marks';
import { Title } from '../marks/Title';
import type { SweepLayout } from './sweepPlot';

/** A measure over a numeric axis without its frame. */
export function SweepDrawing({ layout: { panel, area, axes, label } }: { readonly layout: SweepLayout }) {
  return (
    <g>
      <Title text={panel.name} />
      <Axes area={area} {...axes} xLabel={panel.x.label} yLabel="" />
      <Marks panel={panel} area={area} axes={axes} />
      {label && (
        <text x={label[0]} y={label[1]} textAnchor="middle" fontSize="10" fill="var(--ink-2)">
          {t('untrained')}
        </text>
      )}
    </g>
  );
}
