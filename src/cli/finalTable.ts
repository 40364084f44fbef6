/** What the CLI prints at the end of a run. */
import { poolSizes } from '../record/poolSizes';
import type { Measure } from '../measures/measure';
import { entries, measureHeading, measureText, rankingAt, rankingMeasure, rankingMeasures } from '../measures/measures';
import { baselineName, BASELINES, easeLeftOutSentence } from '../measures/ranking/baselineNames';
import { sinkPopulation } from '../measures/sinks/userSinks';
import { comparedEvaluations, oneOf, type ComparedEvaluations } from '../record/comparedEvaluations';
import { againstBest, type AgainstBest } from '../readings/series/bestBaseline';
import type { Ranked, RequestCost, RunRecord } from '../record/runRecord';

type Row = readonly [name: string, ranked: Ranked];

/** Baselines, then the evaluation of every arm, on the same targets. */
function rowsOf({ baselines }: RunRecord, evaluations: ComparedEvaluations): readonly Row[] {
  const population = oneOf(evaluations)?.population ?? 'all';
  return [
    ...BASELINES.flatMap(({ id, name }) => {
      const baseline = baselines[id];
      return baseline === undefined ? [] : [[name, baseline[population]] as const];
    }),
    ...evaluations,
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[0]!) : text.padStart(Math.max(9, widths[column]! + 2));
  return rows.map((row) => row.map(cell).join('')).join('\n');
}

/**
 * Final figures of every arm and baseline, on the test targets of all users: a line per measure. Of a run
 * that ended before every arm had them, those of the last evaluation that all arms have.
 */
export function finalTable(record: RunRecord): string {
  const evaluations = comparedEvaluations(record.arms, null);
  return [
    unfinished(record, evaluations),
    rankingTable(record, evaluations),
    bestBaselineTable(record, evaluations),
    modelTable(record, evaluations),
    costTable(record),
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

/**
 * Of what the table is, where not all arms were ranked on the test targets of all users; null where they
 * were.
 */
function unfinished({ spec }: RunRecord, evaluations: ComparedEvaluations): string | null {
  const shown = oneOf(evaluations);
  if (shown === null) return 'The arms have not been evaluated on the same targets.';
  const { step, population, targets } = shown;
  return population === 'all'
    ? null
    : `After ${step} of ${spec.training.steps} steps, on ${targets.all} sampled ${spec.evaluation.watch} users: not every arm was evaluated on all test users.`;
}

/** Measures of rankings, which baselines have too. */
function rankingTable(record: RunRecord, evaluations: ComparedEvaluations): string {
  const models = rowsOf(record, evaluations);
  const { ks } = record.spec.evaluation;
  const lines = rankingMeasures().flatMap((measure) =>
    measure.splits.flatMap((split) =>
      (measure.main[split] ?? []).flatMap((k) => {
        if (measure.atK && !ks.includes(k)) return [];
        const values = models.map(([, ranked]) => measure.of(ranked, split, k));
        if (values.every((value) => value === null)) {
          return split === 'cold' && measure.of(models[0]![1], 'all', k) !== null
            ? [[measureHeading(rankingAt(measure, split, k)), ...models.map(() => 'none')]]
            : [];
        }
        return [[measureHeading(rankingAt(measure, split, k)), ...values.map((value) => shown(measure, value))]];
      }),
    ),
  );
  const { pools } = record;
  const pool = pools
    ? `\n\n${pools.from === 'given' ? 'Given pools' : 'Sampled pools'}: ${poolSizes(record)} (${pools.from === 'given' ? 'from the log’s files' : `${pools.from}, seed ${pools.seed}`}); not comparable with the whole catalogue.${pools.from === 'given' ? ' Only targets that have one are ranked, in both.' : ''}`
    : '';
  const ease = record.easeLeftOut ? `\n\n${easeLeftOutSentence(record.easeLeftOut)}` : '';
  return `${table([['', ...models.map(([name]) => name)], ...lines])}${ease}${pool}`;
}

/** Hits of every arm against those of the best training-free baseline at each K; null if no arm has any. */
function bestBaselineTable(record: RunRecord, evaluations: ComparedEvaluations): string | null {
  const measures = [rankingMeasure('hr'), rankingMeasure('pool-hr')];
  const lines = measures.flatMap((measure) =>
    (measure.main.all ?? []).flatMap((k) => {
      const found = [...evaluations.values()].map((evaluation) => againstBest(record, evaluation, measure, k));
      const [first] = found.flatMap((one) => one ?? []);
      if (first === undefined) return [];
      const best = `${baselineName(first.baseline)} ${measureText(measure, first.value)}`;
      return [[measureHeading(rankingAt(measure, 'all', k)), best, ...found.map(outcomeText)]];
    }),
  );
  if (lines.length === 0) return null;
  return `${table([['', 'best baseline', ...evaluations.keys()], ...lines])}\n\nAgainst the best training-free baseline: points with the paired 95 % interval over targets; an arm works (*) if it lies above 0, and is below (†) if it lies below 0.`;
}

function outcomeText(found: AgainstBest | null): string {
  if (found === null) return '–';
  const { difference, outcome } = found;
  if (difference === null) return 'not measured';
  const points = (share: number): string => (100 * share).toFixed(1).replace('-', '−');
  const mark = { works: ' *', below: ' †', alike: '', unmeasured: '' }[outcome];
  return `${points(difference.difference)} [${points(difference.low)}, ${points(difference.high)}]${mark}`;
}

/** Measures of attention, embeddings, language and texts, which the base model has too. */
function modelTable(record: RunRecord, evaluations: ComparedEvaluations): string {
  const arms = [...evaluations];
  const population = oneOf(evaluations)?.population;
  const lines = entries()
    .filter(({ main, of }) => main && arms.some(([, last]) => of(last) !== null))
    .map((measure) => [
      measureHeading(measure),
      shown(measure, measure.base(record, population)),
      ...arms.map(([, last]) => shown(measure, measure.of(last))),
    ]);
  const other = population === 'all' && record.base.testSinks === undefined && arms.some(([, { userSinks }]) => userSinks);
  const attention = `Attention: means over layers and heads, ${sinkPopulation(record, oneOf(evaluations))}${other ? `; of the base model, ${sinkPopulation(record, null)}` : ''}.`;
  return `${table([['', 'base model', ...arms.map(([id]) => id)], ...lines])}\n\n${attention}`;
}

function shown(measure: Pick<Measure, 'scale' | 'digits'>, value: number | null): string {
  return value === null ? '–' : measureText(measure, value);
}

function costTable({ inference, adapter }: RunRecord): string | null {
  if (inference === undefined) return null;
  const { k, users, repeats, zeroShot, base, arms } = inference;
  const row = (name: string, { msAlone, msInBatch, flops, kernels, parameters }: RequestCost): string[] => {
    const dispatches = Object.values(kernels).reduce((sum, times) => sum + times, 0);
    const numbers = [dispatches, parameters.used, parameters.training].map(String);
    return [name, msAlone.toFixed(3), msInBatch.toFixed(3), (flops / 1e6).toFixed(2), ...numbers];
  };
  const name = adapter.description || adapter.device || adapter.architecture || adapter.vendor;
  return [
    `A request, from history to the ${k} best items: milliseconds alone and in a batch of ${users}, median of ${repeats}, on ${name} (zero-shot: on the CPU).`,
    table([
      ['', 'ms alone', 'ms batched', 'MFLOP', 'dispatches', 'read', 'dropped'],
      row(baselineName('zeroShot'), zeroShot),
      row('base model', base),
      ...Object.entries(arms).map(([id, cost]) => row(id, cost)),
    ]),
    'MFLOP: matrix products of one request. Read: parameters that a request reads; dropped: those that only training needs.',
  ].join('\n');
}
