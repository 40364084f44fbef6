import { useState } from 'react';
import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { useModal } from './useModal';
import { MAIN, useFocusAfter } from './mainFocus';

function Notice() {
  const [answered, setAnswered] = useState(false);
  return answered ? null : (
    <button
      type="button"
      onClick={() => {
        setAnswered(true);
      }}
    >
      Dismiss
    </button>
  );
}

function Page() {
  return (
    <main id={MAIN} tabIndex={-1}>
      <div ref={useFocusAfter()}>
        <Notice />
      </div>
    </main>
  );
}

it('goes to the main element from a button that vanishes when it is pressed', async () => {
  const user = show(<Page />);
  await user.click(screen.getByRole('button'));
  expect(screen.queryByRole('button')).toBeNull();
  await waitFor(() => {
    expect(document.activeElement!.id).toBe(MAIN);
  });
});

function Dialog() {
  return <dialog ref={useModal(true)} />;
}

function Opened() {
  const [open, setOpen] = useState(true);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setOpen(false);
        }}
      >
        Remove
      </button>
      {open && <Dialog />}
    </>
  );
}

it('comes back from a dialog that is removed, since browsers return it when a dialog is closed', async () => {
  const user = show(<Opened />);
  const dialog = document.querySelector('dialog')!;
  expect(dialog.open).toBe(true);
  await user.click(screen.getByText('Remove'));
  expect([dialog.isConnected, dialog.open]).toEqual([false, false]);
});
