// @vitest-environment happy-dom
import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_EXPERIMENT } from '../../../runtime/experimentState';
import { show } from '../../../testing/component';
import { smallRecord } from '../../../testing/smallRecord';
import type { RunRecord } from '../../../record/runRecord';
import { FolderNotice } from '../../shell/notices/FolderNotice';
import { SAVED_RUNS } from '../../shell/actions/opening';
import { useExperiment } from '../run/experiment';
import { readRecord } from '../../../files/readRecord';
import { keepRuns } from './keepRuns';
import { recordRunId } from '../../../readings/runs/runEntry';
import { askForFolder, chooseRunFolder, leaveRunFolder, loadRunFolder, useRunFolder, writeFinished } from './runFolder';
import { RunsView } from '../../features/experiments/runs/RunsView';
import { deleteRuns, recordOf, runStore, useRuns } from './runsState';

/** A folder as the browser gives it, in memory: what is written replaces a file when it is closed. */
class FakeFolder {
  readonly name = 'my runs';
  readonly files = new Map<string, string>();
  permission: PermissionState = 'granted';
  /** What a request for permission gives. */
  answer: PermissionState = 'granted';
  asked = 0;
  aborted = 0;
  failing: { readonly at: 'file' | 'write' | 'close'; readonly name: string } | null = null;

  readonly queryPermission = (): Promise<PermissionState> => Promise.resolve(this.permission);
  readonly requestPermission = (): Promise<PermissionState> => {
    this.asked += 1;
    this.permission = this.answer;
    return Promise.resolve(this.permission);
  };

  private async may(at: 'file' | 'write' | 'close'): Promise<void> {
    await Promise.resolve();
    if (this.permission !== 'granted') throw new DOMException('', 'NotAllowedError');
    if (this.failing?.at === at) throw new DOMException('', this.failing.name);
  }

  readonly getFileHandle = async (name: string) => {
    await this.may('file');
    let written = '';
    return {
      createWritable: async () => {
        await this.may('file');
        return {
          write: async (content: Blob) => {
            await this.may('write');
            written = await content.text();
          },
          close: async () => {
            await this.may('close');
            this.files.set(name, written);
          },
          abort: () => {
            this.aborted += 1;
            return Promise.resolve();
          },
        };
      },
    };
  };
}

let folder: FakeFolder;
const stop = keepRuns();

function recordOn(day: number): RunRecord {
  const record = smallRecord();
  return { ...record, createdAt: `2026-01-0${day}T00:00:00.000Z`, spec: { ...record.spec, name: 'Folder', seed: day } };
}

/** A run from its start to its end, as the page sees it. */
async function train(record: RunRecord, end: 'finished' | 'stopped' = 'finished'): Promise<void> {
  act(() => {
    useExperiment.setState({ ...EMPTY_EXPERIMENT, phase: 'preparing' });
    useExperiment.setState({ source: 'live', phase: 'running', started: 1, record: { ...record, complete: false } });
    useExperiment.setState({ phase: end, record });
  });
  await recordOf(recordRunId(record));
  await settled();
}

/** When all writing is done: a run that there is no folder for waits for what came before. */
async function settled(): Promise<void> {
  await act(() => loadRunFolder());
}

beforeEach(async () => {
  folder = new FakeFolder();
  vi.stubGlobal('showDirectoryPicker', () => Promise.resolve(folder));
  await leaveRunFolder();
  await deleteRuns(useRuns.getState().entries.map(({ id }) => id));
  useRuns.setState({ removed: [], loaded: true });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const notice = (): string | null => screen.queryByRole('status', { name: 'Folder of finished runs' })?.textContent ?? null;
const contents = (): unknown[] => [...folder.files.values()].map((text) => readRecord(text));

describe('a folder of finished runs', () => {
  it('gets every finished run as a file that the page reads, and no other', async () => {
    const user = show(<RunsView />);
    await user.click(screen.getByRole('button', { name: 'Write every finished run to a folder, too' }));
    await screen.findByText(/are also written to the folder “my runs”/);
    const records = [recordOn(1), recordOn(2)];
    for (const record of records) await train(record);
    await train(recordOn(3), 'stopped');
    expect([...folder.files.keys()]).toEqual(
      records.map((record) => `folder-seed-${record.spec.seed}-${recordRunId(record)}.run.json`),
    );
    expect(contents()).toEqual(records.map((record) => ({ kind: 'record', record })));
    await user.click(screen.getByRole('button', { name: 'Write to no folder' }));
    await train(recordOn(4));
    expect(folder.files.size).toBe(2);
  });

  it('is not taken if the dialog is closed, and what is wrong with another is said', async () => {
    show(<FolderNotice />);
    vi.stubGlobal('showDirectoryPicker', () => Promise.reject(new DOMException('', 'AbortError')));
    await act(() => chooseRunFolder());
    expect([useRunFolder.getState().folder, notice()]).toEqual([null, null]);
    vi.stubGlobal('showDirectoryPicker', () => Promise.reject(new DOMException('', 'SecurityError')));
    await act(() => chooseRunFolder());
    expect(notice()).toContain('The browser does not let this page write to it.');
  });

  it.each([
    ['file', 'NotFoundError', 'The folder is gone'],
    ['write', 'QuotaExceededError', 'The disk is full.'],
    ['close', 'QuotaExceededError', 'The disk is full.'],
    ['close', 'NotAllowedError', 'does not let this page write'],
    ['file', 'NoModificationAllowedError', 'Another program has the file open'],
    ['write', 'UnknownError', 'The file could not be written'],
  ] as const)('that fails (%s, %s) is told; the runs stay, and are written later', async (at, name, words) => {
    const user = show(<FolderNotice />);
    await act(() => chooseRunFolder());
    await train(recordOn(1));
    folder.failing = { at, name };
    await train(recordOn(2));
    await train(recordOn(3));
    expect(notice()).toContain('2 finished runs were not written to the folder “my runs”.');
    expect(notice()).toContain(words);
    expect(folder.files.size).toBe(1);
    expect(folder.aborted).toBe(at === 'file' ? 0 : 2);
    expect(useRuns.getState().entries).toHaveLength(3);
    folder.failing = null;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await settled();
    expect(notice()).toBeNull();
    expect(contents()).toEqual([1, 2, 3].map((day) => ({ kind: 'record', record: recordOn(day) })));
  });

  it('is there at the next visit, when the browser asks again: at the start of a run, or at a click', async () => {
    const user = show(<FolderNotice />);
    await act(() => chooseRunFolder());
    folder.permission = 'prompt';
    folder.answer = 'denied';
    await train(recordOn(1));
    expect(folder.asked).toBe(1);
    expect(notice()).toContain('A finished run was not written');

    // Another visit.
    act(() => {
      useRunFolder.setState({ folder: null, unwritten: [], problem: null });
    });
    expect(await (await runStore()).document('folder')).toMatchObject({ unwritten: [recordRunId(recordOn(1))] });
    folder.permission = 'prompt';
    await settled();
    expect(useRunFolder.getState()).toMatchObject({ folder, unwritten: [recordRunId(recordOn(1))] });
    expect(notice()).toContain('The browser does not let this page write to it.');
    expect([folder.asked, folder.files.size]).toEqual([1, 0]);

    folder.answer = 'granted';
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await settled();
    expect([folder.asked, folder.files.size, notice()]).toEqual([2, 1, null]);
  });

  it('is asked for once a visit at the start of a run', async () => {
    await chooseRunFolder();
    folder.permission = 'prompt';
    folder.answer = 'prompt';
    await askForFolder();
    await askForFolder();
    expect(folder.asked).toBe(1);
  });

  it('gets a run that the browser has no room to save', async () => {
    await chooseRunFolder();
    const record = recordOn(5);
    const { describeRun } = await import('../../../readings/runs/runEntry');
    await writeFinished(describeRun(record, { status: 'finished' }), record);
    expect(await recordOf(recordRunId(record))).toBeNull();
    expect(contents()).toEqual([{ kind: 'record', record }]);
  });
});

it('a browser without such folders says so, in the view and among the commands', () => {
  vi.stubGlobal('showDirectoryPicker', undefined);
  show(<RunsView />);
  screen.getByText(/This browser cannot write to a folder of yours/);
  const hindrance = (id: string): string | null | undefined =>
    SAVED_RUNS.actions(undefined as never).find((one) => one.id === id)?.hindrance;
  expect(hindrance('run-folder')).toMatch(/cannot write to a folder/);
  expect(hindrance('save-runs')).toBe('No run is saved');
});

it('commands save all runs as one file, or to a folder, once there are runs', async () => {
  await train(recordOn(1));
  const actions = SAVED_RUNS.actions(undefined as never);
  expect(actions.slice(0, 2).map(({ id, hindrance }) => [id, hindrance])).toEqual([
    ['save-runs', null],
    ['run-folder', null],
  ]);
  stop();
});
