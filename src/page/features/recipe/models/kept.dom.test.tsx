import { screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { FileTransfer } from '../../../../record/runEvents';
import { EMPTY_EXPERIMENT } from '../../../../runtime/experimentState';
import { show } from '../../../../testing/component';
import { useExperiment } from '../../../state/run/experiment';
import { Download } from './Download';
import { KeptModels } from './KeptModels';
import { EMPTY_MODELS, useModels } from '../../../state/session/modelsState';

afterEach(() => {
  useModels.setState(EMPTY_MODELS);
  useExperiment.setState(EMPTY_EXPERIMENT);
});

/** What the page shows about models that the browser stores. */
function stored(lasting: boolean, persisted: boolean | null, problem: string | null = null): string {
  useModels.setState({
    kept: { groups: [{ group: 'org/name', files: 2, bytes: 3e6, whole: true }], lasting, problem },
    room: { usage: 3e6, quota: 1e9 },
    persisted,
  });
  show(<KeptModels />);
  return screen.getByRole('group').textContent;
}

describe('models that the browser stores', () => {
  it('are called persistent only if it promised so', () => {
    expect(stored(true, true)).toContain('The browser keeps them until you delete them.');
  });
  it('may be deleted if it did not', () => {
    const text = stored(true, false);
    expect(text).toContain('The browser may delete them when it needs space.');
    expect(text).not.toContain('keeps them');
  });
  it('are lost if it stores no files', () => {
    const text = stored(false, true);
    expect(text).toContain('models are lost when it is closed');
    expect(text).not.toMatch(/keeps them|may delete/);
  });
  it('have errors shown beside them', () => {
    stored(true, null, 'The browser has no room left for this page.');
    expect(screen.getByRole('alert').textContent).toBe('The browser has no room left for this page.');
  });
});

/** What the page shows about a download. */
function download(fetch: 'here' | 'cancelled', ...kept: readonly boolean[]): string {
  const files = kept.map((one, at): FileTransfer => ({
    file: `part-${at}`,
    done: 1e6,
    total: 1e6,
    origin: 'network',
    kept: one,
  }));
  useExperiment.setState({ fetch, transfer: { model: 'org/name', files, bytesPerSecond: null, secondsLeft: null } });
  const { body } = document;
  show(<Download />);
  return body.textContent;
}

describe('a download', () => {
  it('that was cancelled is said to be stored only if all of it is', () => {
    expect(download('cancelled', true, true)).toContain('Cancelled; what has arrived is stored.');
  });
  it('that was cancelled and is not stored says which files are in memory only', () => {
    const text = download('cancelled', true, false);
    expect(text).not.toContain('what has arrived is stored');
    expect(text).toMatch(/no room for part-1 \(.*\): held in memory only/);
  });
  it('that was cancelled before anything arrived is just cancelled', () => {
    expect(download('cancelled')).not.toContain('is stored');
  });
  it('that is complete and stored does not mention memory', () => {
    const text = download('here', true);
    expect(text).toContain('org/name: downloaded');
    expect(text).not.toContain('memory only');
  });
});
