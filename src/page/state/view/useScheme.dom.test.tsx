import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { setView } from './view';
import { useScheme } from './useScheme';

function Scheme() {
  return <p role="status">{useScheme()}</p>;
}

it('maps are printed in the colours of paper, whatever the screen shows', () => {
  setView({ theme: 'dark' });
  show(<Scheme />);
  const schemes = ['', 'beforeprint', 'afterprint'].map((event) => {
    act(() => {
      if (event) dispatchEvent(new Event(event));
    });
    return screen.getByRole('status').textContent;
  });
  setView({ theme: 'auto' });
  expect(schemes).toEqual(['dark', 'light', 'dark']);
});
