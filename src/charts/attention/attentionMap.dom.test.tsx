import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { show } from '../../testing/component';
import { AttentionMap, type MapCell } from './AttentionMap';

describe('reading an attention map', () => {
  const onHover = vi.fn<(cell: MapCell | null) => void>();
  const map = (): HTMLElement => screen.getByRole('group', { name: /^Attention of Action/ });
  beforeEach(() => {
    onHover.mockClear();
  });
  const draw = (hovered: MapCell | null) =>
    show(
      <AttentionMap
        name={() => 'Attention of Action'}
        pixels={null}
        weights={null}
        important={[]}
        length={4}
        layout={{ cell: 10, side: 40, labels: [] }}
        width={60}
        titles={[]}
        hovered={hovered}
        onHover={onHover}
        marked={[]}
      />,
    );
  const pointer = (pointerType: string, at: { clientX: number; clientY: number }) => ({ pointerType, ...at });

  it('a tap reads a cell, and the reading stays when the finger is lifted; it ends when a mouse leaves', () => {
    draw(null);
    fireEvent.pointerDown(map(), pointer('touch', { clientX: 15, clientY: 35 }));
    expect(onHover).toHaveBeenLastCalledWith({ query: 3, key: 1 });
    fireEvent.pointerLeave(map(), pointer('touch', { clientX: 15, clientY: 35 }));
    expect(onHover).toHaveBeenCalledTimes(1);
    fireEvent.pointerLeave(map(), pointer('mouse', { clientX: 15, clientY: 35 }));
    expect(onHover).toHaveBeenLastCalledWith(null);
  });

  it('arrow keys move over its cells; Escape, or moving the focus, ends the reading', async () => {
    const user = draw({ query: 2, key: 1 });
    await user.tab();
    await user.keyboard('{ArrowDown}');
    expect(onHover).toHaveBeenLastCalledWith({ query: 3, key: 1 });
    await user.keyboard('{ArrowRight}');
    expect(onHover).toHaveBeenLastCalledWith({ query: 2, key: 2 });
    await user.keyboard('{Escape}');
    expect(onHover).toHaveBeenLastCalledWith(null);
    onHover.mockClear();
    await user.tab();
    expect(onHover).toHaveBeenLastCalledWith(null);
  });
});
