import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSpecSchema } from '../../../../recipe/runSpec';
import { whatChanged } from '../../../../recipe/whatChanged';
import { showRecord, useExperiment } from '../../../state/run/experiment';
import { EMPTY_EXPERIMENT, foldEvents } from '../../../../runtime/experimentState';
import { columns, smallRecord } from '../../../../testing/smallRecord';
import type { ArmSummary } from '../../../../experiment/armSummary';
import { ArchiveError } from '../../../../files/unzipFiles';
import { isRunArchive, packRuns, unpackRuns } from '../../../../files/runArchive';
import { keepRuns } from '../../../state/runs/keepRuns';
import { describeRun, runEntrySchema, runId } from '../../../../readings/runs/runEntry';
import { adoptRun, deleteRuns, keepRun, markRun, recordOf, runStore, undoDelete, useRuns } from '../../../state/runs/runsState';
import { differenceFrom, runPlaces, tableRows, type TableState } from '../../../../readings/runs/runTable';

function recordOn(day: number, seed: number, name = 'Test') {
  const record = smallRecord();
  return {
    ...record,
    createdAt: `2026-01-0${day}T00:00:00.000Z`,
    spec: { ...record.spec, seed, name },
  };
}

const finished = (record = smallRecord()) => describeRun(record, { status: 'finished' });
const state = (part: Partial<TableState>): TableState => ({
  sort: 'when',
  descending: false,
  filter: '',
  measure: 'hr@10',
  withHidden: true,
  grouped: true,
  ...part,
});

beforeEach(async () => {
  await deleteRuns(useRuns.getState().entries.map(({ id }) => id));
  useRuns.setState({ removed: [] });
});

describe('describeRun', () => {
  it('takes the best of the sampled evaluations after step 0, and the last evaluation on all users', () => {
    const [action] = finished().arms;
    expect(action?.best['hr@10']).toEqual({ value: 0.4, step: 2 });
    expect(action?.last).toMatchObject({ step: 2, population: 'all', users: 6 });
    expect(action?.last?.values['hr@10']).toBe(0.5);
    // This record has no cold targets, and sinks have no better direction.
    expect(action?.last?.values).not.toHaveProperty('cold-hr@10');
    expect(action?.best).not.toHaveProperty('itemSink');
  });

  it('can be stored and read again', () => {
    expect(runEntrySchema.parse(structuredClone(finished()))).toEqual(finished());
  });
});

describe('saved runs', () => {
  it('keep the user’s notes when the run grows, and are restored by Undo', async () => {
    const record = recordOn(1, 0);
    await keepRun(describeRun(record, { status: 'interrupted' }), record);
    markRun(runId(record), { notes: 'odd', tags: ['a'] });
    await keepRun(describeRun(record, { status: 'finished' }), record);
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished', notes: 'odd', tags: ['a'] }]);
    await deleteRuns([runId(record)]);
    expect(useRuns.getState().entries).toEqual([]);
    expect(await recordOf(runId(record))).toBeNull();
    undoDelete();
    expect(useRuns.getState().entries).toMatchObject([{ notes: 'odd' }]);
    expect(await recordOf(runId(record))).toEqual(record);
  });

  it('are not added twice from a file', async () => {
    const record = recordOn(1, 0);
    await keepRun(describeRun(record, { status: 'finished' }), record);
    adoptRun(describeRun(record, { status: 'stopped' }), record);
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished' }]);
  });
});

describe('keepRuns', () => {
  it('saves a run at each evaluation and at its end, and nothing after that', async () => {
    useExperiment.setState(EMPTY_EXPERIMENT);
    const end = keepRuns();
    const record = { ...recordOn(3, 7), complete: false };
    const [action, karma] = record.arms;
    const begun = { ...record, arms: [{ ...action!, steps: columns([], false), evaluations: [] }, karma!] };
    useExperiment.setState({ phase: 'preparing' });
    useExperiment.setState({ source: 'live', phase: 'running', started: 1, record: { ...begun, arms: [begun.arms[0]!] } });
    expect(useRuns.getState().entries).toEqual([]);
    useExperiment.setState({ record });
    expect(useRuns.getState().entries).toMatchObject([{ status: 'interrupted' }]);
    expect(useRuns.getState().live).toBe(runId(record));
    useExperiment.setState({ record: { ...record, complete: true }, phase: 'finished' });
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished', spec: { seed: 7 } }]);
    expect(useRuns.getState().live).toBeNull();
    // A run that fails before it starts leaves the previous record on the page.
    useExperiment.setState({ phase: 'preparing' });
    useExperiment.setState({ phase: 'failed' });
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished' }]);
    expect((await recordOf(runId(record)))?.complete).toBe(true);
    end();
  });
});

describe('a run that is resumed', () => {
  const ended: [string, boolean][] = [];
  const begun = { ...recordOn(4, 1), complete: false };
  let end: () => void = () => undefined;
  const tell = (...events: Parameters<typeof foldEvents>[1][]): void => {
    for (const batch of events) useExperiment.setState(foldEvents(useExperiment.getState(), batch));
  };
  const finish = (): void => {
    useExperiment.setState(({ record }) => ({ record: { ...record!, complete: true } }));
    tell([{ type: 'phase', phase: 'finished' }]);
  };
  beforeEach(async () => {
    await keepRun(describeRun(begun, { status: 'interrupted', wallSeconds: 100 }, { notes: 'odd' }), begun);
    useExperiment.setState(EMPTY_EXPERIMENT);
    ended.length = 0;
    end = keepRuns((run, stored) => void stored.then((kept) => ended.push([run, kept])));
  });
  afterEach(() => {
    end();
    vi.restoreAllMocks();
  });

  it('is saved at its end, though the page has shown it since the reload, with the time of both visits', async () => {
    showRecord(begun, 'file');
    tell(
      [{ type: 'phase', phase: 'preparing' }],
      [
        { type: 'started', record: begun },
        { type: 'phase', phase: 'running' },
      ],
    );
    expect(useRuns.getState().live).toBe(runId(begun));
    finish();
    const [entry, ...others] = useRuns.getState().entries;
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ status: 'finished', notes: 'odd' });
    expect(entry!.wallSeconds).toBeGreaterThanOrEqual(100);
    expect((await recordOf(runId(begun)))?.complete).toBe(true);
  });

  it('is saved when it is resumed in the tab where it ended, and again after that', async () => {
    for (const status of ['stopped', 'stopped', 'finished'] as const) {
      tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }], [{ type: 'phase', phase: 'running' }]);
      expect(useRuns.getState().live).toBe(runId(begun));
      if (status === 'finished') finish();
      else tell([{ type: 'phase', phase: status }]);
      expect(useRuns.getState()).toMatchObject({ live: null, entries: [{ status }] });
    }
    await vi.waitFor(() => {
      expect(ended.map(([run]) => run)).toEqual([begun.createdAt, begun.createdAt, begun.createdAt]);
    });
  });

  it('says when it is not there at the next visit, and does not say so of a run that is', async () => {
    // This store lasts only as long as the page.
    showRecord(begun, 'file');
    tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }]);
    finish();
    await vi.waitFor(() => {
      expect(ended).toEqual([[begun.createdAt, false]]);
    });
    expect(useRuns.getState().unkept).toBe(true);
    vi.spyOn(await runStore(), 'put').mockRejectedValueOnce(new DOMException('No room.', 'QuotaExceededError'));
    tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }]);
    expect(useRuns.getState().unkept).toBe(false);
    finish();
    await vi.waitFor(() => {
      expect(ended).toHaveLength(2);
    });
    expect(useRuns.getState()).toMatchObject({ unkept: true, problem: expect.stringContaining('no space left') as string });
    // There is room again.
    tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }]);
    finish();
    await vi.waitFor(() => {
      expect(ended).toHaveLength(3);
    });
    expect(useRuns.getState().problem).toBeNull();
  });

  it('counts its time from Run, also if it lost its device', async () => {
    const fresh = { ...recordOn(5, 2), complete: false };
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    tell(
      [{ type: 'phase', phase: 'preparing' }],
      [
        { type: 'started', record: { ...fresh, arms: [] } },
        { type: 'phase', phase: 'running' },
      ],
    );
    clock.mockReturnValue(60_000);
    tell(
      [{ type: 'recovering', step: 2 }],
      [{ type: 'phase', phase: 'preparing' }],
      [
        { type: 'started', record: fresh },
        { type: 'phase', phase: 'running' },
      ],
    );
    clock.mockReturnValue(90_000);
    finish();
    expect(useRuns.getState().entries.at(-1)).toMatchObject({ spec: { seed: 2 }, wallSeconds: 90 });
    await recordOf(runId(fresh));
  });

  it('keeps the notes that another tab has stored, and does not invent a time that only that tab knows', async () => {
    useRuns.setState({ entries: [] });
    tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }]);
    finish();
    await recordOf(runId(begun));
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished', notes: 'odd', wallSeconds: null }]);
  });
});

describe('tableRows', () => {
  const low = { ...finished(recordOn(2, 5, 'low')), tags: ['slow'] };
  const high = { ...finished(recordOn(1, 9, 'high')), hidden: true };
  const none = { ...finished(recordOn(3, 1, 'none')), arms: [] };
  const better = { ...high, arms: high.arms.map((arm) => ({ ...arm, best: { 'hr@10': { value: 0.9, step: 1 } } })) };
  const entries = [better, low, none];
  const names = (part: Partial<TableState>) => tableRows(entries, state(part), 'higher').map(({ spec }) => spec.name);

  it('sorts by any column; runs without the value come last in either direction', () => {
    expect(names({})).toEqual(['high', 'low', 'none']);
    expect(names({ sort: 'seed' })).toEqual(['none', 'low', 'high']);
    expect(names({ sort: 'best' })).toEqual(['low', 'high', 'none']);
    expect(names({ sort: 'best', descending: true })).toEqual(['high', 'low', 'none']);
  });

  it('filters by every word, leaves hidden ones out, and puts pinned ones first', () => {
    expect(names({ filter: 'SLOW karma' })).toEqual(['low']);
    expect(names({ withHidden: false })).toEqual(['low', 'none']);
    expect(tableRows([better, low, { ...none, pinned: true }], state({}), 'higher')[0]?.spec.name).toBe('none');
  });

  it('puts runs on one log with one model together, and tells logs of one name apart', () => {
    const there = { ...low, data: { name: low.data.name, hash: 'other' } };
    const places = runPlaces([low, there, better]);
    expect(places.map(({ rows }) => rows.map(({ spec }) => spec.name))).toEqual([['low', 'high'], ['low']]);
    expect(places[1]!.label).toMatch(/, log other$/);
    expect(runPlaces([low, better])[0]!.label).toBe(`${low.data.name}, ${low.model.id}`);
  });

  it('compares with the baseline’s arm of the same name, else its first, and only on one log', () => {
    const worse = {
      ...low,
      arms: low.arms.map((arm) => ({ ...arm, last: { ...arm.last!, values: { 'hr@10': arm.id === 'action' ? 0.1 : 0.2 } } })),
    };
    const [action, karma] = low.arms as [ArmSummary, ArmSummary];
    const own = (arm: ArmSummary): number => arm.last!.values['hr@10']!;
    expect(differenceFrom(worse, low, action, 'hr@10')).toBeCloseTo(own(action) - 0.1);
    expect(differenceFrom(worse, low, karma, 'hr@10')).toBeCloseTo(own(karma) - 0.2);
    expect(differenceFrom(worse, low, { ...karma, id: 'else' }, 'hr@10')).toBeCloseTo(own(karma) - 0.1);
    expect(differenceFrom({ ...worse, data: { name: 'x', hash: 'x' } }, low, action, 'hr@10')).toBeNull();
    expect(differenceFrom(worse, low, action, 'ndcg@10')).toBeNull();
  });
});

describe('whatChanged', () => {
  it('names fields in the form’s words, and arms', () => {
    const from = runSpecSchema.parse({});
    const to = runSpecSchema.parse({
      name: 'other',
      arms: [from.arms[0], { ...from.arms[1], lambdaGen: 0.5 }, { id: 'x', label: 'X' }],
      training: { learningRate: 1e-3 },
      objective: { hideEmbFromText: true },
    });
    expect(whatChanged(from, to)).toEqual([
      'with arm X',
      'KARMA: λ_gen 0.3 · λ_rec 0.3 → λ_gen 0.5 · λ_rec 0.3',
      'Hide [EMB] from y in L_gen off → on',
      'Learning rate 0.002 → 0.001',
    ]);
    expect(whatChanged(from, from)).toEqual([]);
  });
});

describe('the collection as a ZIP', () => {
  const kept = [recordOn(1, 0), recordOn(2, 1)].map((record, i) => ({
    entry: { ...finished(record), notes: `note ${i}`, tags: ['t'], colour: i + 1 },
    record,
  }));

  it('restores runs and the notes on them', async () => {
    const bytes = await packRuns(kept);
    expect(await unpackRuns('runs.zip', new Blob([bytes]))).toEqual(kept);
    expect(await isRunArchive(new File([bytes], 'runs.zip'))).toBe(true);
  });

  it('refuses what is damaged or lacks a run, and leaves logs to others', async () => {
    const log = zipSync({ 'clicks.csv': strToU8('user_id,item_id') });
    expect(await isRunArchive(new File([new Uint8Array(log)], 'log.zip'))).toBe(false);
    expect(await isRunArchive(new File(['PK nonsense'], 'x.zip'))).toBe(false);
    const lacking = {
      format: 'karma-runs',
      version: 1,
      runs: [{ file: 'a.json', status: 'finished', failure: null, wallSeconds: null }],
    };
    const archive = zipSync({ 'karma-runs.json': strToU8(JSON.stringify(lacking)) });
    await expect(unpackRuns('x.zip', new Blob([archive]))).rejects.toThrow('x.zip lacks a.json');
    const listing = (text: string) =>
      unpackRuns('x.zip', new Blob([new Uint8Array(zipSync({ 'karma-runs.json': strToU8(text) }))]));
    await expect(listing('{')).rejects.toThrow('x.zip: karma-runs.json cannot be read');
    await expect(listing('{"format":"karma-runs","version":2}')).rejects.toThrow('cannot be read. version must be 1, not 2.');
    await expect(unpackRuns('x.zip', new Blob([new Uint8Array(40)]))).rejects.toThrow(ArchiveError);
  });
});
