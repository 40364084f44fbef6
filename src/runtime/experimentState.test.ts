import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from './protocol';
import { byTerm } from '../recipe/terms';
import type { Profile } from '../record/profile';
import type { StepRow } from '../record/runEvents';
import { runRecordSchema } from '../record/runRecord';
import { columns, evaluation, smallRecord, snapshot } from '../testing/smallRecord';
import { sameMeasurements } from '../page/state/run/experiment';
import { EMPTY_EXPERIMENT, foldEvents, type Experiment } from './experimentState';

function row(step: number): StepRow {
  return { step, seconds: step, examples: 12 * step, total: 1, action: 1, ...byTerm(() => null), gradNorm: 1, learningRate: 1 };
}

function started(): Experiment {
  const record = smallRecord();
  const empty = {
    ...record,
    complete: false,
    arms: record.arms.map(({ id }) => ({ id, steps: columns([], false), evaluations: [], attention: [] })),
  };
  return foldEvents(EMPTY_EXPERIMENT, [
    { type: 'phase', phase: 'preparing' },
    { type: 'started', record: empty },
    { type: 'phase', phase: 'running' },
  ]);
}

describe('foldEvents', () => {
  it('replaces whatever was on the page when a run starts', () => {
    const recorded: Experiment = { ...EMPTY_EXPERIMENT, source: 'recorded', record: smallRecord() };
    const preparing = foldEvents(recorded, [{ type: 'phase', phase: 'preparing' }]);
    expect(preparing.source).toBe('recorded');
    expect(foldEvents(preparing, [{ type: 'started', record: smallRecord() }]).source).toBe('live');
  });

  it('aligns a term with its steps if a record was started before the term existed', () => {
    const old = started();
    for (const { steps } of old.record!.arms) {
      for (const [name, column] of Object.entries(steps)) if (name !== 'item') column.push(1, 1);
    }
    // As it is read, from a checkpoint or a file.
    const record = runRecordSchema.parse(JSON.parse(JSON.stringify(old.record)));
    const gone = foldEvents({ ...old, record }, [{ type: 'step', arm: 'action', columns: { ...row(3), item: 4.5 } }]);
    expect(gone.record!.arms[0]!.steps.item).toEqual([null, null, 4.5]);
  });

  it('appends steps to their arm in order, a batch at once', () => {
    const steps: WorkerEvent[] = [1, 2, 3].flatMap((step) => [
      { type: 'step' as const, arm: 'action', columns: row(step) },
      { type: 'step' as const, arm: 'karma', columns: row(step) },
    ]);
    const after = foldEvents(foldEvents(started(), steps.slice(0, 2)), steps.slice(2));
    expect(after.record?.arms.map((arm) => arm.steps.step)).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(after.record?.arms[0]?.steps.examples).toEqual([12, 24, 36]);
  });

  it('changes the measured record only at evaluations', () => {
    const before = started();
    const stepped = foldEvents(before, [{ type: 'step', arm: 'action', columns: row(1) }]);
    expect(sameMeasurements(before.record!, stepped.record!)).toBe(true);
    const measured = foldEvents(stepped, [
      { type: 'evaluation', arm: 'action', evaluation: evaluation(1, 0.3), attention: snapshot(1, 0.5) },
    ]);
    expect(sameMeasurements(stepped.record!, measured.record!)).toBe(false);
  });

  it('does not change the arrays of the previous state', () => {
    const before = started();
    foldEvents(before, [{ type: 'step', arm: 'action', columns: row(1) }]);
    expect(before.record?.arms[0]?.steps.step).toEqual([]);
  });

  it('keeps one snapshot per step, and every evaluation', () => {
    const at = (population: 'sample' | 'all'): WorkerEvent => ({
      type: 'evaluation',
      arm: 'karma',
      evaluation: evaluation(2, 0.3, { population }),
      attention: snapshot(2, 0.5),
    });
    const after = foldEvents(started(), [at('sample'), at('all')]);
    expect(after.record?.arms[1]?.evaluations).toHaveLength(2);
    expect(after.record?.arms[1]?.attention).toHaveLength(1);
    expect(after.record?.arms[0]?.evaluations).toEqual([]);
  });

  it('keeps the latest profile of each arm', () => {
    const profile = (steps: number): Profile => ({ steps, wallMs: 2, gpuMs: 1, resolutionMs: 0.1, rows: [] });
    const first = foldEvents(started(), [{ type: 'profile', arm: 'karma', profile: profile(1) }]);
    const second = foldEvents(first, [{ type: 'profile', arm: 'karma', profile: profile(2) }]);
    expect(second.record?.arms.map((arm) => arm.profile?.steps)).toEqual([undefined, 2]);
    expect(first.record?.arms[1]?.profile?.steps).toBe(1);
    expect(sameMeasurements(first.record!, second.record!)).toBe(true);
  });

  it('does not change a record from a file', () => {
    const shown: Experiment = { ...started(), source: 'file', record: smallRecord() };
    const late = foldEvents(shown, [{ type: 'step', arm: 'action', columns: row(1) }, { type: 'finished' }]);
    expect(late.record).toBe(shown.record);
  });

  it('is complete when finished', () => {
    const after = foldEvents(started(), [{ type: 'finished' }]);
    expect(after).toMatchObject({ phase: 'finished', record: { complete: true } });
  });

  it('distinguishes a missing adapter from a failed run', () => {
    const failure = { message: 'm', advice: 'a', detail: 'd' };
    const missing = foldEvents(EMPTY_EXPERIMENT, [{ type: 'failed', failure: { ...failure, code: 'no-webgpu' } }]);
    expect(missing).toMatchObject({ phase: 'idle', failure: null, device: { state: 'missing' } });
    const lost = foldEvents(started(), [
      { type: 'failed', failure: { ...failure, code: 'device-lost' } },
      { type: 'phase', phase: 'failed' },
    ]);
    expect(lost).toMatchObject({ phase: 'failed', failure: { code: 'device-lost' } });
    expect(lost.record).not.toBeNull();
    expect(foldEvents(lost, [{ type: 'phase', phase: 'preparing' }]).failure).toBeNull();
  });
});
