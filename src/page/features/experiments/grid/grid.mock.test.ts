import { beforeEach, describe, expect, it, vi } from 'vitest';
import packageJson from '../../../../../package.json';
import { logName } from '../../../../experiment/grid/cellKey';
import { gridMatrix } from '../../../../experiment/grid/matrix';
import { planGrid } from '../../../../experiment/grid/plan';
import { mainMeasures } from '../../../../measures/measures';
import { runSpecSchema, type RunSpec } from '../../../../recipe/runSpec';
import { describeRun } from '../../../../readings/runs/runEntry';
import { deleteRuns, keepRun, useRuns } from '../../../state/runs/runsState';
import { useExperiment } from '../../../state/run/experiment';
import { EMPTY_EXPERIMENT, foldEvents, type Experiment, type OpenedLog } from '../../../../runtime/experimentState';
import type { Session } from '../../../state/session/session';
import { smallRecord } from '../../../../testing/smallRecord';
import type { RunRecord } from '../../../../record/runRecord';
import type { Phase } from '../../../../runtime/protocol';
import { FIRST_DRAFT, gridOf } from '../../../../readings/grid/gridDraft';
import { cancelJob, divergedCells, keepGrid, moveJob, resultsOf, useGrid } from '../../../state/grid/gridState';
import { calibrate, driveQueue, pauseQueue, queuedJobs, startQueue, waitingJobs } from '../../../state/grid/queue';

const BASE = runSpecSchema.parse({ version: 1, name: 'Base' });

describe('gridOf', () => {
  it('uses ticked values as axes and leaves the rest to the recipe', () => {
    const grid = gridOf(
      {
        ...FIRST_DRAFT,
        arms: ['karma', 'action'],
        lambdas: [0.1, 0.3],
        choices: { 'objective.hideEmbFromText': ['on', 'off'], 'lora.targets': ['q and v'] },
        numbers: { 'lora.rank': [2, 8] },
      },
      BASE,
    );
    if (typeof grid === 'string') throw new Error(grid);
    expect(grid.arms.map(({ id }) => id)).toEqual(['action', 'karma-0.1', 'karma-0.3']);
    expect(grid.axes).toEqual([
      { path: 'lora.targets', values: [['q_proj', 'v_proj']] },
      { path: 'objective.hideEmbFromText', values: [false, true] },
      { path: 'lora.rank', values: [2, 8] },
    ]);
    expect(planGrid(grid, 'sample').variants).toHaveLength(12);
  });

  it('tunes rates in place of an axis of rates', () => {
    const grid = gridOf({ ...FIRST_DRAFT, tune: true, numbers: { 'training.learningRate': [1] } }, BASE);
    expect(grid).toMatchObject({ axes: [], tune: { rates: [1e-3, 2e-3, 4e-3], k: 10 } });
  });

  it.each([
    [{ seeds: [] }, 'Seeds must have at least 1 entry.'],
    [{ seeds: [1, NaN] }, 'Seeds must be a whole number from 0 to 4,294,967,295.'],
    [{ arms: [] }, 'Arms must have at least 1 entry.'],
    [{ lambdas: [] }, /^λ: /],
    [{ tune: true, rates: [1e-3] }, 'Learning rates must have at least 2 entries.'],
    [{ numbers: { 'lora.rank': [4, 4] } }, 'Values of LoRA rank must be different values.'],
    [{ numbers: { 'lora.rank': [0] } }, 'LoRA rank must be a whole number from 1 to 64, not 0.'],
  ])('says what is wrong with %j', (part, message) => {
    expect(gridOf({ ...FIRST_DRAFT, ...part }, BASE)).toMatch(message);
  });
});

it('finds no results of another model with the name of the one that is loaded', () => {
  const record = smallRecord();
  const entries = [describeRun(record, { status: 'finished' })];
  const loaded = (hash: string): number => {
    useExperiment.setState({ model: { ...record.model, hash } });
    return resultsOf(entries).size;
  };
  expect(loaded(record.model.hash)).toBe(record.spec.arms.length);
  expect(loaded('another')).toBe(0);
  expect(loaded(record.model.hash)).toBe(record.spec.arms.length);
  useExperiment.setState({ model: null });
});

describe('the queue', () => {
  const asked: RunSpec[] = [];
  let stopped = 0;
  const start = (spec: RunSpec): void => {
    asked.push(spec);
    useExperiment.setState({ phase: 'preparing' });
  };
  let arrived: Promise<void> = Promise.resolve();
  const session = {
    logArrived: () => arrived,
    run: start,
    // A cell may have been interrupted.
    goOn: start,
    stop: () => {
      stopped++;
    },
  } as unknown as Session;
  let end: () => void = () => undefined;

  /** The worker's events at the end of a run. */
  const say = (phase: Phase, extra: Partial<Experiment> = {}) => {
    useExperiment.setState({ ...extra });
    useExperiment.setState(foldEvents(useExperiment.getState(), [{ type: 'phase', phase }]));
    vi.runAllTimers();
  };
  const finish = async () => {
    const spec = asked.at(-1)!;
    const record: RunRecord = {
      ...smallRecord(),
      appVersion: packageJson.version,
      createdAt: `2026-01-01T00:00:0${asked.length}.000Z`,
      spec,
      arms: spec.arms.map(({ id }) => ({ ...smallRecord().arms[0]!, id })),
    };
    await keepRun(describeRun(record, { status: 'finished' }), record);
    say('finished', { record });
  };
  const told = () => asked.map(({ seed, arms }) => `${seed} ${arms.map(({ id }) => id).join('+')}`);

  beforeEach(async () => {
    vi.useFakeTimers();
    end();
    asked.length = 0;
    stopped = 0;
    arrived = Promise.resolve();
    await deleteRuns(useRuns.getState().entries.map(({ id }) => id));
    useExperiment.setState(EMPTY_EXPERIMENT);
    useGrid.setState({ running: false, current: null, calibrating: [], problem: null, earlier: [] });
    const grid = gridOf({ ...FIRST_DRAFT, seeds: [0, 1, 2] }, BASE);
    if (typeof grid === 'string') throw new Error(grid);
    const order = planGrid(grid, 'sample').jobs.map(({ id }) => id);
    keepGrid({
      grid,
      log: 'sample',
      logTitle: 'sample',
      order,
      cancelled: [],
      baseline: null,
      failures: {},
      diverged: {},
      notes: '',
    });
    end = driveQueue(session);
    return () => {
      vi.useRealTimers();
    };
  });

  it('runs one job after the other, in the user’s order and without removed ones', async () => {
    const [first, second, third] = useGrid.getState().kept!.order;
    moveJob(third!, -1);
    cancelJob(first!, true);
    expect(waitingJobs().map(({ job }) => job.id)).toEqual([third, second]);
    startQueue(session);
    await finish();
    await finish();
    expect(told()).toEqual(['2 action+karma', '1 action+karma']);
    expect(useGrid.getState()).toMatchObject({ running: false, current: null });
    cancelJob(first!, false);
    startQueue(session);
    expect(told().at(-1)).toBe('0 action+karma');
  });

  it('pauses by stopping the current run, and runs it again', () => {
    startQueue(session);
    pauseQueue(session);
    expect(stopped).toBe(1);
    say('stopped');
    expect(told()).toEqual(['0 action+karma']);
    startQueue(session);
    expect(told()).toEqual(['0 action+karma', '0 action+karma']);
  });

  it('skips a run whose loss is not a number, and waits after any other failure', () => {
    startQueue(session);
    const numerics = { code: 'numerics', message: 'no number', advice: '', detail: '' } as const;
    say('failed', { failure: numerics });
    expect(told()).toEqual(['0 action+karma', '1 action+karma']);
    expect(Object.values(useGrid.getState().kept!.failures)).toEqual(['no number']);
    useExperiment.setState({ phase: 'running' });
    useExperiment.setState({ phase: 'failed', failure: { ...numerics, code: 'internal' } });
    vi.runAllTimers();
    expect(useGrid.getState()).toMatchObject({ running: false, current: null });
    expect(told()).toHaveLength(2);
  });

  it('trains the others of a run without the arm that diverged', async () => {
    startQueue(session);
    say('failed', { failure: { code: 'numerics', message: 'no number', advice: '', detail: '', arm: 'karma' } });
    expect(told()).toEqual(['0 action+karma', '0 action']);
    await finish();
    expect(told().at(-1)).toBe('1 action+karma');
    const { kept, plan } = useGrid.getState();
    const [job] = queuedJobs(useGrid.getState(), useRuns.getState().entries);
    expect(job).toMatchObject({ state: 'failed', failure: 'no number' });
    const [action, karma] = gridMatrix(
      plan!,
      resultsOf(useRuns.getState().entries),
      mainMeasures([10]),
      null,
      divergedCells(kept!, plan!),
    );
    expect([action!.done, karma!.done, karma!.diverged.map(({ seed }) => seed)]).toEqual([1, 0, [0]]);
    cancelJob(job!.job.id, false);
    expect(useGrid.getState().kept!.diverged).toEqual({});
  });

  it('keeps step-time runs separate and starts nothing after them', async () => {
    calibrate(session, [{ ...BASE, seed: 9 }]);
    await finish();
    expect(useRuns.getState().entries).toMatchObject([{ hidden: true, tags: ['calibration'] }]);
    expect(asked).toHaveLength(1);
  });

  const onKitchen = (): void => {
    const { kept } = useGrid.getState();
    const log = logName('kitchen', 'hash');
    const order = planGrid(kept!.grid, log).jobs.map(({ id }) => id);
    keepGrid({ ...kept!, log, logTitle: 'kitchen', order });
  };

  it('requires the log that the grid is on', async () => {
    onKitchen();
    startQueue(session);
    await arrived;
    expect(asked).toEqual([]);
    expect(useGrid.getState()).toMatchObject({ running: false, problem: expect.stringContaining('kitchen') as string });
  });

  it('waits for that log if it is in transfer, and starts once however often requested', async () => {
    onKitchen();
    let arrive = (): void => undefined;
    arrived = new Promise((resolve) => {
      arrive = resolve;
    });
    startQueue(session);
    pauseQueue(session);
    startQueue(session);
    expect(useGrid.getState()).toMatchObject({ running: true, problem: null });
    useExperiment.setState({ log: { summary: { id: 'kitchen', hash: 'hash' }, findings: [] } as unknown as OpenedLog });
    arrive();
    await arrived;
    expect(told()).toEqual(['0 action+karma']);
    expect(useGrid.getState().problem).toBeNull();
  });
});
