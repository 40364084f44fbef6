import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { smallRecord } from '../../testing/smallRecord';
import { show } from '../../testing/component';
import { showRecord, useExperiment } from '../state/run/experiment';
import { Apart, BoundarySubject } from './ErrorBoundary';

let broken = true;
function Chart() {
  if (broken) throw new RangeError('no such layer: 7');
  return <p>a curve</p>;
}

beforeEach(() => {
  broken = true;
  // React reports each error that a boundary catches.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('a chart that throws says so, its neighbours remain, and it is drawn again on request', async () => {
  const user = show(
    <>
      <Apart name="Loss">
        <Chart />
      </Apart>
      <Apart name="Attention">
        <p>a map</p>
      </Apart>
    </>,
  );
  const alert = screen.getByRole('alert');
  expect(alert.textContent).toContain('Loss could not be drawn.');
  expect(alert.textContent).toContain('no such layer: 7');
  expect(screen.getByText('a map')).not.toBeNull();
  await user.click(screen.getByRole('button', { name: 'Copy details' }));
  expect(await navigator.clipboard.readText()).toContain('RangeError: no such layer: 7');

  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(screen.getByRole('alert').textContent).toContain('no such layer: 7');
  broken = false;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect([screen.queryByRole('alert'), screen.getByText('a curve').tagName]).toEqual([null, 'P']);
});

it('is drawn again when another experiment comes on the page', () => {
  function Page() {
    return (
      <BoundarySubject value={useExperiment(({ record }) => record?.createdAt)}>
        <Apart name="Loss">
          <Chart />
        </Apart>
      </BoundarySubject>
    );
  }
  show(<Page />);
  broken = false;
  expect(screen.queryByText('a curve')).toBeNull();
  act(() => {
    showRecord({ ...smallRecord(), createdAt: '2026-01-01T00:00:00.000Z' }, 'file');
  });
  expect(screen.getByText('a curve')).not.toBeNull();
});
