/**
 * What is stored of a grid's run where many are kept: every number that its tables and tests are made from
 * (measures of every evaluation, ranks of all test targets by arms and baselines), without what only the
 * figure draws and without anything of the log itself: users and titles of the probe histories are blank,
 * since others' logs may not be passed on. Pure.
 */
import type { ArmRecord, AttentionSnapshot, Evaluation, RunRecord } from '../../record/runRecord';
import type { RecordCut } from '../../record/shortened';
import { withoutTables } from '../../measures/sinks/withoutTables';

const CUTS: readonly RecordCut[] = ['maps', 'tables', 'plane', 'texts', 'losses', 'profiles'];
/** Steps at the start and at the end whose losses stay: the checks of a verdict are means over fewer. */
const [FIRST, LAST] = [5, 20];

export function storedRun(record: RunRecord): RunRecord {
  const { base, arms } = record;
  return {
    ...record,
    shortened: [...new Set([...(record.shortened ?? []), ...CUTS])],
    projection: undefined,
    probes: record.probes.map((probe) => ({ ...probe, user: '', labels: probe.labels.map(() => ''), target: '' })),
    base: { ...base, attention: withoutMaps(base.attention), continuations: undefined },
    arms: arms.map((arm) => ({
      ...arm,
      steps: atEnds(arm.steps),
      evaluations: arm.evaluations.map(measured),
      attention: arm.attention.map(withoutMaps),
      profile: undefined,
    })),
  };
}

function withoutMaps(snapshot: AttentionSnapshot): AttentionSnapshot {
  return { ...snapshot, data: '' };
}

/** Tables by layer and head stay at the end of training. */
function measured(evaluation: Evaluation): Evaluation {
  const { fidelity, sinks, userSinks, population } = evaluation;
  return {
    ...evaluation,
    ...(population === 'sample' && {
      sinks: withoutTables(sinks),
      userSinks: userSinks && withoutTables(userSinks),
    }),
    projection: undefined,
    continuations: undefined,
    readings: [],
    fidelity: fidelity && { ...fidelity, decoded: [] },
  };
}

function atEnds(steps: ArmRecord['steps']): ArmRecord['steps'] {
  const rows = steps.step.length;
  const kept = (_: unknown, row: number): boolean => row < FIRST || row >= rows - LAST;
  const columns = Object.entries(steps).map(([name, column]) => [name, (column as unknown[]).filter(kept)]);
  return Object.fromEntries(columns) as typeof steps;
}
