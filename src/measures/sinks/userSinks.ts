/**
 * Sink statistics over all evaluated users, each at the length of its own history. `docs/metrics.md` gives
 * each measure.
 */
import { numberFormat, t } from '../../words/words';
import { STATISTICS, type MeasuredSequences } from '../../engine/sinks/measuredSequences';
import type { Evaluation, RunRecord, Sinks, UserSinks } from '../../record/runRecord';
import { tableMeans } from './sinks';

/** By measure, layer and head. */
function emptySums(layers: number, heads: number) {
  const zeros = (): number[][] => Array.from({ length: layers }, () => new Array<number>(heads).fill(0));
  return {
    firstHalfSinkRate: zeros(),
    itemSinkRate: zeros(),
    itemAlpha: zeros(),
    firstAlpha: zeros(),
    barcode: zeros(),
    embEntropy: zeros(),
  };
}

/** Adds up groups of users in float64 and in order, so that the same users give the same numbers. */
export class UserSinkTables {
  private users = 0;
  private rows = 0;
  private readonly sums: ReturnType<typeof emptySums>;
  /** By position: sinks found there, and users whose history reaches it. */
  private readonly found: number[] = [];
  private readonly reaching: number[] = [];

  constructor(
    private readonly layers: number,
    private readonly heads: number,
    private readonly threshold: number,
  ) {
    this.sums = emptySums(layers, heads);
  }

  add({ statistics, sinkHeads, starts, times }: MeasuredSequences): void {
    const { layers, heads, sums, threshold } = this;
    const sequences = starts.length;
    for (let at = 0; at < layers * sequences * heads; at++) {
      const layer = Math.floor(at / (sequences * heads));
      const users = times[Math.floor(at / heads) % sequences]!;
      const add = (table: number[][], value: number): void => {
        table[layer]![at % heads]! += users * value;
      };
      const [itemAlpha, firstAlpha, barcode, embEntropy, firstHalfAlpha] = statistics.subarray(STATISTICS * at);
      add(sums.firstHalfSinkRate, firstHalfAlpha! > threshold ? 1 : 0);
      add(sums.itemSinkRate, itemAlpha! > threshold ? 1 : 0);
      add(sums.itemAlpha, itemAlpha!);
      add(sums.firstAlpha, firstAlpha!);
      add(sums.barcode, barcode!);
      add(sums.embEntropy, embEntropy!);
    }
    starts.forEach((start, sequence) => {
      const end = starts[sequence + 1] ?? sinkHeads.length;
      const users = times[sequence]!;
      this.users += users;
      this.rows += users * (end - start);
      for (let row = start; row < end; row++) {
        this.found[row - start] = (this.found[row - start] ?? 0) + users * sinkHeads[row]!;
        this.reaching[row - start] = (this.reaching[row - start] ?? 0) + users;
      }
    });
  }

  /** Means over the users so far. @throws RangeError without users. */
  means(): UserSinks {
    const { users, rows, threshold, layers, heads, sums } = this;
    if (users === 0) throw new RangeError('no users were measured');
    const tables = Object.fromEntries(
      Object.entries(sums).map(([id, table]) => [id, table.map((row) => row.map((sum) => sum / users))]),
    );
    return {
      users,
      meanLength: rows / users,
      threshold,
      sinkRate: this.found.map((sinks, position) => sinks / (this.reaching[position]! * layers * heads)),
      tables,
      means: tableMeans(tables),
    };
  }
}

/**
 * Sink measures as displayed, by ID: over the evaluated users or, if they were not measured there, over the
 * probe histories.
 */
export type ShownSinks = Pick<Sinks, 'tables' | 'means'>;

/** An arm's sink measures. The content test and the picture measure are always over the probe histories. */
export function sinksOf({ userSinks, sinks }: Pick<Evaluation, 'userSinks' | 'sinks'>): ShownSinks {
  if (userSinks === undefined) return sinks;
  const ofProbes = Object.entries(sinks.tables).filter(([id]) => userSinks.means[id] === undefined);
  return {
    tables: { ...Object.fromEntries(ofProbes), ...userSinks.tables },
    means: { ...sinks.means, ...userSinks.means },
  };
}

/**
 * The base model's sink measures: unless it starts from an adapter, every arm is the base model before its
 * first step.
 * @param population of the evaluation that they are compared with; where the record has none on all users,
 * those of the sampled ones
 */
export function baseSinksOf(record: RunRecord, population: Evaluation['population'] = 'sample'): ShownSinks {
  const userSinks = (population === 'all' ? record.base.testSinks : undefined) ?? baseUserSinks(record);
  return sinksOf({ sinks: record.base.sinks, ...(userSinks && { userSinks }) });
}

/** The base model's over the users on whom it was measured; undefined if the record has only the probes. */
export function baseUserSinks({ arms, base, start }: RunRecord): UserSinks | undefined {
  if (start !== undefined || base.userSinks !== undefined) return base.userSinks;
  return arms.flatMap(({ evaluations }) => evaluations).find(({ step }) => step === 0)?.userSinks;
}

/**
 * The histories that sink measures are averaged over, and their length T: “over 240 evaluated users (T = 14.2
 * on average)”.
 */
export function sinkPopulation(record: RunRecord, evaluation: Evaluation | null): string {
  const over = evaluation?.userSinks ?? baseUserSinks(record);
  if (over !== undefined) {
    return t('over {n} evaluated users (T = {length} on average)', {
      n: numberFormat().format(over.users),
      length: over.meanLength.toFixed(1),
    });
  }
  return probePopulation(record);
}

/** The same for what is measured only on probe histories. */
export function probePopulation({ base }: RunRecord): string {
  const { probes, length } = base.sinks;
  return t('over {n} probe histories (T = {length})', { n: probes, length });
}
