import { useState } from 'react';
import { symbolCircle } from 'd3';
import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { show } from '../../testing/component';
import { ScatterChart } from './ScatterChart';
import { layOutScatter, pointsWithin } from './scatterPlot';

const plot = layOutScatter(
  242,
  { x: 0, y: 0, reach: 1 },
  Float64Array.of(-0.5, 0, 0.5, 0.5, 0.6, -0.9),
  [0, 0, 0],
  [{ id: 'a', label: 'a', colour: 'red', symbol: symbolCircle, open: false, size: 10 }],
);
const onPick = vi.fn();

function Chart() {
  const [hovered, setHovered] = useState<number | null>(null);
  return (
    <ScatterChart
      name={() => 'Plane'}
      plot={plot}
      width={242}
      xLabel={() => ''}
      yLabel={() => ''}
      hovered={hovered}
      onHover={setHovered}
      onPick={onPick}
    />
  );
}

it('picks the point that is read by Space, and those in a drawn rectangle, with Shift as well as others', async () => {
  const user = show(<Chart />);
  screen.getByRole('group', { name: 'Plane' }).focus();
  await user.keyboard(' ');
  expect(onPick).not.toHaveBeenCalled();
  await user.keyboard('{ArrowRight}{ArrowRight} ');
  expect(onPick).toHaveBeenLastCalledWith([1], true);

  const svg = document.querySelector('svg')!;
  svg.setPointerCapture = vi.fn();
  const [left, top] = [plot.pixels[2]! - 10, plot.pixels[3]! - 10];
  fireEvent.pointerDown(svg, { clientX: left, clientY: top, button: 0 });
  fireEvent.pointerMove(svg, { clientX: plot.pixels[4]! + 10, clientY: plot.pixels[5]! + 10 });
  fireEvent.pointerUp(svg, { shiftKey: true });
  expect(onPick).toHaveBeenLastCalledWith([1, 2], true);
  expect(pointsWithin(plot.pixels, { left: 0, right: 242, top: 0, bottom: 242 })).toEqual([0, 1, 2]);
});
