import { useState } from 'react';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { show } from '../../testing/component';
import { armMark } from '../../scene/marks/armMark';
import { LineChart } from './LineChart';
import type { XRange } from '../../scene/charts/range';

function Chart() {
  const [range, setRange] = useState<XRange | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const points = Array.from({ length: 101 }, (_, i) => ({ x: i * 10, key: i, y: i }));
  return (
    <>
      <LineChart
        name={() => 'Losses'}
        xLabel={() => 'examples'}
        yLabel={() => 'nats'}
        height={200}
        series={[{ id: 'a', label: 'A', mark: armMark('action', ['action']), points, markers: false }]}
        references={[]}
        xKind="linear"
        yKind="linear"
        formatX={String}
        formatY={String}
        hovered={hovered}
        onHover={setHovered}
        describeKey={String}
        range={range}
        onZoom={setRange}
      />
      <output>{range?.join(' to ') ?? 'all'}</output>
      <p>point {hovered ?? 'none'}</p>
    </>
  );
}

describe('zoom by keyboard', () => {
  it('goes in around what is read, moves, reads only what is shown, and goes back', async () => {
    const user = show(<Chart />);
    const range = (): string => screen.getByRole('status').textContent;
    screen.getByRole('group', { name: 'Losses' }).focus();
    await user.keyboard('+');
    expect(range()).toBe('250 to 750');
    await user.keyboard('{ArrowRight}');
    expect(screen.getByText('point 25')).toBeTruthy();
    await user.keyboard('+');
    expect(range()).toBe('250 to 500');
    await user.keyboard('{Shift>}{ArrowRight}{/Shift}');
    expect(range()).toBe('312.5 to 562.5');
    await user.keyboard('{Home}');
    expect(screen.getByText('point 32')).toBeTruthy();
    // Escape leaves the point first.
    await user.keyboard('{Escape}');
    expect(screen.getByText('point none')).toBeTruthy();
    expect(range()).toBe('312.5 to 562.5');
    await user.keyboard('{Escape}');
    expect(range()).toBe('all');
    await user.keyboard('++-0');
    expect(range()).toBe('all');
    await user.keyboard('+-');
    expect(range()).toBe('all');
  });
});
