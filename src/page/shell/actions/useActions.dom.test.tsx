import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { create } from '../../state/store';
import type { ActionGroup } from './action';
import { useAction } from './useActions';

it('an action that reads a store of which nothing else knows is shown anew when that changes', () => {
  const useDoor = create<{ readonly open: boolean }>()(() => ({ open: false }));
  const group: ActionGroup = {
    label: 'Doors',
    actions: () => [
      {
        id: 'door',
        words: useDoor.getState().open ? 'Close' : 'Open',
        hindrance: null,
        act: () => undefined,
      },
    ],
  };
  function Door() {
    const { words } = useAction(group, 'door');
    return <p>{words}</p>;
  }
  show(<Door />);
  expect(screen.getByText('Open')).not.toBeNull();
  act(() => {
    useDoor.setState({ open: true });
  });
  expect(screen.getByText('Close')).not.toBeNull();
});
