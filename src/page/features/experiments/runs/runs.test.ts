import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSpecSchema } from '../../../../recipe/runSpec';
import { whatChanged } from '../../../../recipe/whatChanged';
import { showRecord, useExperiment } from '../../../state/run/experiment';
import { EMPTY_EXPERIMENT, foldEvents } from '../../../../runtime/experimentState';
import { columns, smallRecord } from '../../../../testing/smallRecord';
import type { ArmSummary } from '../../../../experiment/grid/armSummary';
import { ArchiveError } from '../../../../files/unzipFiles';
import { isRunArchive, packRuns, unpackRuns } from '../../../../files/runArchive';
import { keepRuns } from '../../../state/runs/keepRuns';
import { describeRun, keptFileName, runEntrySchema, recordRunId } from '../../../../readings/runs/runEntry';
import {
  adoptRun,
  deleteRuns,
  keepRun,
  markRun,
  recordOf,
  restoreRun,
  runStore,
  undoDelete,
  useRuns,
} from '../../../state/runs/runsState';
import type { SavedRun } from '../../../../readings/runs/runEntry';
import { differenceFrom, runPlaces, tableRows, type TableState } from '../../../../readings/runs/runTable';
import { memoryRuns } from '../../../state/kept/runStore';

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
    markRun(recordRunId(record), { notes: 'odd', tags: ['a'] });
    await keepRun(describeRun(record, { status: 'finished' }), record);
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished', notes: 'odd', tags: ['a'] }]);
    await deleteRuns([recordRunId(record)]);
    expect(useRuns.getState().entries).toEqual([]);
    expect(await recordOf(recordRunId(record))).toBeNull();
    undoDelete();
    expect(useRuns.getState().entries).toMatchObject([{ notes: 'odd' }]);
    expect(await recordOf(recordRunId(record))).toEqual(record);
  });

  it('are not added twice from a file', async () => {
    const record = recordOn(1, 0);
    await keepRun(describeRun(record, { status: 'finished' }), record);
    adoptRun(describeRun(record, { status: 'stopped' }), record);
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished' }]);
  });
});

describe('a run that an earlier version kept with a label without end', () => {
  it.each([1e5, 1e6])('is shown with it cut, and stays as it is: %d characters', async (length) => {
    const store = memoryRuns();
    const record = recordOn(1, 0);
    const arms = record.spec.arms.map((arm) => ({ ...arm, label: 'x'.repeat(length) }));
    const kept = describeRun({ ...record, spec: { ...record.spec, arms } }, { status: 'finished' });
    await store.put(kept, { ...record, spec: { ...record.spec, arms } });
    const { entries, unreadable } = await store.list();
    expect(unreadable).toBe(0);
    expect(entries[0]!.spec.arms.map(({ label }) => label.length)).toEqual([200, 200]);
    expect(entries[0]).toMatchObject({ id: kept.id, status: 'finished' });
    expect(kept.spec.arms[0]!.label).toHaveLength(length);
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
    expect(useRuns.getState().live).toBe(recordRunId(record));
    useExperiment.setState({ record: { ...record, complete: true }, phase: 'finished' });
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished', spec: { seed: 7 } }]);
    expect(useRuns.getState().live).toBeNull();
    // A run that fails before it starts leaves the previous record on the page.
    useExperiment.setState({ phase: 'preparing' });
    useExperiment.setState({ phase: 'failed' });
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished' }]);
    expect((await recordOf(recordRunId(record)))?.complete).toBe(true);
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
    expect(useRuns.getState().live).toBe(recordRunId(begun));
    finish();
    const [entry, ...others] = useRuns.getState().entries;
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ status: 'finished', notes: 'odd' });
    expect(entry!.wallSeconds).toBeGreaterThanOrEqual(100);
    expect((await recordOf(recordRunId(begun)))?.complete).toBe(true);
  });

  it('is saved when it is resumed in the tab where it ended, and again after that', async () => {
    for (const status of ['stopped', 'stopped', 'finished'] as const) {
      tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }], [{ type: 'phase', phase: 'running' }]);
      expect(useRuns.getState().live).toBe(recordRunId(begun));
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
    await recordOf(recordRunId(fresh));
  });

  it('keeps the notes that another tab has stored, and does not invent a time that only that tab knows', async () => {
    useRuns.setState({ entries: [] });
    tell([{ type: 'phase', phase: 'preparing' }], [{ type: 'started', record: begun }]);
    finish();
    await recordOf(recordRunId(begun));
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

  it('compares with the baseline only on the same targets', () => {
    const [action] = low.arms as [ArmSummary, ...ArmSummary[]];
    const of = (last: Partial<NonNullable<ArmSummary['last']>>, seed = low.spec.seed) => {
      const arm = { ...action, last: { ...action.last!, ...last } };
      return { arm, entry: { ...low, spec: { ...low.spec, seed }, arms: [arm] } };
    };
    const known = (own: ReturnType<typeof of>, other: ReturnType<typeof of>): boolean =>
      differenceFrom(other.entry, own.entry, own.arm, 'hr@10') !== null;
    const [whole, sampled] = [
      { users: 6, targets: 6 },
      { population: 'sample' as const, users: 3 },
    ];
    expect(known(of(whole), of(whole, 8))).toBe(true);
    expect(known(of(whole), of({ ...whole, users: 5 }))).toBe(false);
    expect(known(of(whole), of(sampled))).toBe(false);
    expect(known(of(sampled), of(sampled))).toBe(true);
    // Seeds draw their own samples.
    expect(known(of(sampled), of(sampled, 8))).toBe(false);
    expect(known(of({ users: 3, targets: 6 }), of({ users: 3, targets: 6 }, 8))).toBe(false);
    const watching = {
      ...of(sampled).entry,
      spec: { ...low.spec, evaluation: { ...low.spec.evaluation, watch: 'validation' as const } },
    };
    expect(differenceFrom(watching, of(sampled).entry, of(sampled).arm, 'hr@10')).toBeNull();
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
      'Learning rate 5e-4 → 0.001',
    ]);
    expect(whatChanged(from, from)).toEqual([]);
  });
});

describe('the collection as a ZIP', () => {
  const kept = [recordOn(1, 0), recordOn(2, 1)].map((record, i) => ({
    entry: { ...finished(record), notes: `note ${i}`, tags: ['t'], colour: i + 1 },
    record,
  }));

  const unpacked = async (archive: Blob): Promise<{ readonly runs: SavedRun[]; readonly problems: readonly string[] }> => {
    const runs: SavedRun[] = [];
    const { problems } = await unpackRuns('x.zip', archive, (run) => Promise.resolve(runs.push(run) > 0));
    return { runs, problems };
  };

  it('restores runs and the notes on them', async () => {
    const archive = await packRuns(kept);
    expect(await unpacked(archive)).toEqual({ runs: kept, problems: [] });
    expect(await isRunArchive(new File([archive], 'runs.zip'))).toBe(true);
  });

  it('holds one run at a time', async () => {
    let [asked, most] = [0, 0];
    async function* counted(): AsyncGenerator<SavedRun, void> {
      for (const run of kept) {
        asked += 1;
        yield await Promise.resolve(run);
      }
    }
    const archive = await packRuns(counted());
    expect(asked).toBe(2);
    await unpackRuns('x.zip', archive, () => {
      most += 1;
      return Promise.resolve(false);
    });
    expect(most).toBe(1);
  });

  it('may have more files than one of logs', async () => {
    const [{ entry, record }] = kept as [SavedRun];
    const { status, failure, wallSeconds } = entry;
    const runs = Array.from({ length: 1100 }, (_, i) => ({ file: `${i}.json`, status, failure, wallSeconds }));
    const files = Object.fromEntries(runs.map(({ file }) => [file, strToU8(JSON.stringify(record))]));
    const manifest = strToU8(JSON.stringify({ format: 'karma-runs', version: 1, runs }));
    const archive = new File([new Uint8Array(zipSync({ ...files, 'karma-runs.json': manifest }, { level: 0 }))], 'runs.zip');
    expect(await isRunArchive(archive)).toBe(true);
    expect(await unpackRuns('runs.zip', archive, () => Promise.resolve(false))).toEqual({ runs: 0, problems: [] });
  });

  it('adds what is not there, and changes nothing that is', async () => {
    const [first, second] = kept as [SavedRun, SavedRun];
    const own = describeRun(first.record, { status: 'finished' }, { notes: 'mine', colour: 4 });
    expect(await restoreRun(own, first.record)).toBe('restored');
    for (const expected of ['there', 'restored'] as const) {
      const { entry, record } = expected === 'there' ? first : second;
      expect(await restoreRun(entry, record)).toBe(expected);
    }
    expect(useRuns.getState().entries).toEqual([own, second.entry]);
    expect(await restoreRun(second.entry, second.record)).toBe('there');
    expect(useRuns.getState().entries).toHaveLength(2);
  });

  it('puts a finished run in the place of the same run unfinished, with the notes that are there', async () => {
    const [{ entry, record }] = kept as [SavedRun];
    await restoreRun({ ...entry, status: 'interrupted', notes: 'mine' }, { ...record, complete: false });
    expect(await restoreRun(entry, record)).toBe('restored');
    expect(useRuns.getState().entries).toMatchObject([{ status: 'finished', notes: 'mine' }]);
    expect(await restoreRun({ ...entry, status: 'stopped' }, record)).toBe('there');
    expect((await recordOf(entry.id))?.complete).toBe(true);
  });

  it('gives a run of an earlier version, whose recipe had fewer fields, the ID that it has', async () => {
    const [{ record, entry }] = kept as [SavedRun];
    const { runs } = await unpacked(await packRuns([{ entry: { ...entry, id: '0123456789abcdef' }, record }]));
    expect(runs[0]!.entry.id).toBe('0123456789abcdef');
  });

  it('restores the others where one run is damaged', async () => {
    const bytes = new Uint8Array(await (await packRuns(kept)).arrayBuffer());
    // Inside the first record.
    bytes[200]! ^= 0xff;
    const { runs, problems } = await unpacked(new Blob([bytes]));
    expect(runs).toEqual([kept[1]]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(keptFileName(kept[0]!.entry));
  });

  it('refuses what is damaged, names what lacks a run, and leaves logs to others', async () => {
    const log = zipSync({ 'clicks.csv': strToU8('user_id,item_id') });
    expect(await isRunArchive(new File([new Uint8Array(log)], 'log.zip'))).toBe(false);
    expect(await isRunArchive(new File(['PK nonsense'], 'x.zip'))).toBe(false);
    const lacking = {
      format: 'karma-runs',
      version: 1,
      runs: [{ file: 'a.json', status: 'finished', failure: null, wallSeconds: null }],
    };
    const archive = zipSync({ 'karma-runs.json': strToU8(JSON.stringify(lacking)) });
    expect(await unpacked(new Blob([archive]))).toEqual({
      runs: [],
      problems: ['x.zip lacks a.json, which karma-runs.json names.'],
    });
    const listing = (text: string) => unpacked(new Blob([new Uint8Array(zipSync({ 'karma-runs.json': strToU8(text) }))]));
    await expect(listing('{')).rejects.toThrow('x.zip: karma-runs.json cannot be read');
    await expect(listing('{"format":"karma-runs","version":2}')).rejects.toThrow('cannot be read. version must be 1, not 2.');
    await expect(unpacked(new Blob([new Uint8Array(40)]))).rejects.toThrow(ArchiveError);
  });
});
