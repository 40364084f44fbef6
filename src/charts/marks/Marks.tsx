import { createElement, memo, useId } from 'react';
import { drawMark, type Box, type PlacedAxes } from '../../scene/drawing';
import type { ScenePanel } from '../../scene/scene';
import { svgElement } from '../../scene/svg';

/** Around the symbols of the page. */
const PAPER = { colour: 'var(--paper)', edge: 1.5, outline: 1.25 };

interface MarksProps {
  readonly panel: Pick<ScenePanel, 'marks' | 'clipped'>;
  readonly area: Box;
  readonly axes: PlacedAxes;
}

/**
 * The marks of a scene as SVG, except cells. All styles are attributes, so that they look the same outside
 * the page.
 */
export const Marks = memo(function Marks({ panel: { marks, clipped = false }, area, axes }: MarksProps) {
  const id = useId();
  const primitives = marks.flatMap((mark) => (mark.kind === 'cells' ? [] : drawMark(mark, axes, 11, clipped ? area : undefined)));
  return (
    <g aria-hidden="true">
      {clipped && (
        <clipPath id={id}>
          <rect x={area.left} y={0} width={area.right - area.left} height={area.bottom + area.top} />
        </clipPath>
      )}
      {primitives.map((primitive, i) => {
        const { name, attributes, text } = svgElement(primitive, PAPER, `url(#${id})`);
        return createElement(name, { ...attributes, key: i }, text);
      })}
    </g>
  );
});
