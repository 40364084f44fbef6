/** What is measured: a log from its files to the moment before the first step, stage by stage. */
import { findingsOf } from '../../src/log/findings';
import { defaultRecipe, finishLog, inspectFiles, readIntake, survey } from '../../src/log/intake/intake';
import { columnBytes } from '../../src/log/logColumns';
import { sampleUsers } from '../../src/log/sampling';
import { summariseLog } from '../../src/log/summary';
import { rankBaselines } from '../../src/measures/ranking/baselines';
import { finalTargets } from '../../src/measures/ranking/userSample';
import { logSizes } from '../../src/experiment/forecast/forecastMemory';
import { prepareData } from '../../src/experiment/prepare/preparedData';
import { chooseProbes } from '../../src/experiment/prepare/probes';
import type { LoadedModel } from '../../src/model/loadedModel';
import { runSpecSchema } from '../../src/recipe/runSpec';
import { packLog, unpackLog } from '../../src/runtime/handOver';

export interface StageTime {
  readonly stage: string;
  readonly seconds: number;
}

export interface IntakeMeasurement {
  readonly bytes: number;
  readonly events: number;
  readonly items: number;
  readonly users: number;
  /** Bytes of the log's columns. */
  readonly columns: number;
  readonly stages: readonly StageTime[];
}

/** The stage that reads the files from first to last byte. */
export const READING = 'reading';

export async function measureIntake(
  files: readonly File[],
  model: Pick<LoadedModel, 'config' | 'tokenizer'>,
  onStage: (stage: StageTime) => void = () => undefined,
): Promise<IntakeMeasurement> {
  const stages: StageTime[] = [];
  let start = performance.now();
  const done = (stage: string): void => {
    const time = { stage, seconds: (performance.now() - start) / 1000 };
    stages.push(time);
    onStage(time);
    start = performance.now();
  };
  const { sources, guesses } = await inspectFiles(files);
  done('formats and columns');
  const intake = await readIntake(
    sources,
    guesses.map(({ mapping }) => mapping),
  );
  done(READING);
  const recipe = defaultRecipe(intake, guesses);
  const surveyed = survey(intake, recipe);
  done('order and filters');
  const findings = findingsOf(intake, recipe, surveyed);
  done('findings');
  const { log, split } = await finishLog(intake, recipe, surveyed);
  done('log, split and hash');
  const summary = summariseLog('bench', { log, split, recipe, dropped: surveyed.leftOut });
  const spec = runSpecSchema.parse({});
  logSizes({ log, split }, spec, model.config);
  done('summary and memory forecast');
  const data = await prepareData(log, split, model, spec);
  done('tokenising');
  for (let step = 0; step < 100; step++) data.batch(step, spec.arms[0]!);
  done('100 batches');
  chooseProbes(
    data,
    spec.evaluation.probes,
    spec.seed,
    { ...spec.objective, bosId: model.config.bosId, titleTokens: data.titleTokens, withText: false, sinkToken: false },
    model.tokenizer,
  );
  done('probe histories');
  // Any numbers take as long as the model's own.
  const { hidden } = model.config;
  const features = new Float32Array(log.items.length * hidden).map((_, index) => Math.sin(index));
  const targets = sampleUsers(
    split.test,
    finalTargets({ targets: split.test.length, items: log.items.length, width: hidden, trained: Infinity }),
    spec.seed,
  );
  await rankBaselines(
    { log, split, targets, features, hidden, itemTemplate: spec.data.itemTemplate },
    { maskHistory: true, maxHistory: spec.objective.maxHistory, listed: 200 },
  );
  done('baselines');
  const columns = columnBytes(log);
  const { packed, transfer } = packLog({ log, split, recipe, dropped: surveyed.leftOut, findings });
  unpackLog(structuredClone(packed, { transfer }));
  done('transfer to the training worker');
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (findings.length === 0) throw new Error('a log of this size has something to be said about it');
  return { bytes, events: summary.interactions, items: summary.items, users: summary.users, columns, stages };
}
