import { version as ownVersion } from '../../../package.json';
import { fileStorage } from '../../engine/decoder/matrixFormats';
import type { ReadLog } from '../../log/readLog';
import { heldOut } from '../../log/restrictTraining';
import { summariseLog } from '../../log/summary';
import { easeLeftOut } from '../../measures/ranking/ease';
import { modelSummary } from '../../model/loadModel';
import { emptyArm } from '../../record/addToRecord';
import { VERSION } from '../../record/migrate';
import type { Certification, Checked, RunRecord, StorageError } from '../../record/runRecord';
import type { PreparedRun } from '../prepare/preparedRun';
import type { Probes } from '../prepare/probes';
import type { StartAdapter } from '../train/startAdapter';
import { languageValues, type FixedMeasures } from './measure';
import { storedPools } from './pools';
import type { TargetRankings } from './targetRankings';
import type { Measuring, WarmUpRecord } from './warmUp';

export interface RecordInputs {
  readonly run: PreparedRun;
  /** The log as read. */
  readonly read: Omit<ReadLog, 'findings'>;
  /** The adapter that arms start from, if they do. */
  readonly adapter: StartAdapter | null;
  readonly certification: Certification;
  /** What the device was seen to compute right. */
  readonly checked: Checked;
  readonly storage: StorageError | null;
  readonly probes: Probes;
  readonly rankings: TargetRankings;
  /** The base model's measures. */
  readonly base: FixedMeasures;
  readonly measuring: Measuring;
  readonly opening: WarmUpRecord;
}

/** The record before the first step, with base model and baselines. */
export function openRecord({ run, measuring, opening, ...facts }: RecordInputs): RunRecord {
  const { gpu, model, data, spec } = run;
  const { read, adapter, certification, checked, storage, probes, rankings, base } = facts;
  const { baselines, expected, cut, userSinks, projection } = opening;
  const { pools } = rankings;
  const tooLarge = easeLeftOut(data, spec.evaluation.baselineTrials > 1);
  const stored = fileStorage(model.config);
  return {
    format: 'karma-run',
    version: VERSION,
    createdAt: new Date().toISOString(),
    appVersion: ownVersion,
    adapter: gpu.adapter,
    spec,
    data: {
      ...summariseLog(spec.data.id, { ...read, split: data.split }),
      ...(spec.data.heldOutCategories > 0 && { heldOut: heldOut(data.log, spec.data.heldOutCategories) }),
    },
    model: modelSummary(model),
    ...certification,
    checked,
    probes: [...probes.described],
    baselines,
    ...(tooLarge && { easeLeftOut: tooLarge }),
    ...(pools && { pools: storedPools(pools, spec, measuring.finals, measuring.sample) }),
    base: {
      sinks: base.sinks,
      attention: base.snapshot,
      values: languageValues(base.nll, base.nll),
      ...(base.continuations && { continuations: [...base.continuations] }),
      ...(adapter !== null && { userSinks: userSinks ?? undefined }),
      ...(storage === null ? {} : { storage }),
      ...(spec.model.precision === 'file' && stored.length > 0 && { fileStorage: stored }),
    },
    projection,
    ...(adapter !== null && { start: { name: adapter.name, hash: adapter.hash, heads: adapter.heads } }),
    ...(expected && { expected }),
    ...(cut && { cut }),
    arms: spec.arms.map(({ id }) => emptyArm(id)),
    complete: false,
  };
}
