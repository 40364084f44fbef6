/** What the CLI prints at the end of a run. */
import { rankedBaseline, type Ranked } from '../measures/measure';
import { tableMean } from '../measures/sinks/sinks';
import { baseSinksOf, sinkPopulation, sinksOf } from '../measures/sinks/userSinks';
import type { RequestCost, RunRecord } from '../record/runRecord';

export function percent(share: number | undefined): string {
  return share === undefined ? '–' : (100 * share).toFixed(1);
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits);
}

type Row = readonly [name: string, ranked: Ranked];

/** Baselines, then the last evaluation of every arm. */
function rowsOf({ baselines, arms }: RunRecord): { readonly baselines: readonly Row[]; readonly arms: readonly Row[] } {
  const { popularity, itemKnn, sasrec, lastItem, zeroShot } = baselines;
  return {
    baselines: [
      ['popularity', rankedBaseline(popularity, 'all')],
      ...(itemKnn === undefined ? [] : [['item-kNN', rankedBaseline(itemKnn, 'all')] as const]),
      ...(sasrec === undefined ? [] : [['SASRec-size', rankedBaseline(sasrec, 'all')] as const]),
      ['last item', rankedBaseline(lastItem, 'all')],
      ['zero-shot', rankedBaseline(zeroShot, 'all')],
    ],
    arms: arms.flatMap(({ id, evaluations }) => {
      const last = evaluations.at(-1);
      return last ? [[id, last] as const] : [];
    }),
  };
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(12) : cell.padStart(11))).join('')).join('\n');
}

/** Final figures of every arm and baseline. HR and coverage in percent, on the test targets of all users. */
export function finalTable(record: RunRecord): string {
  const rows = rowsOf(record);
  return [
    catalogueTable(record, rows.baselines),
    poolTable(record, [...rows.baselines, ...rows.arms]),
    aucTable([...rows.baselines, ...rows.arms]),
    costTable(record),
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

function catalogueTable(record: RunRecord, baselines: readonly Row[]): string {
  const head = [
    ...['', 'HR@10', 'HR@50', 'HR@200', 'cold@10', 'cold@50', 'MRR@10', 'cover@10', 'Gini@10', 'popul.@10'],
    ...['LM drift', 'item sinks', 'barcode', 'RankMe h', 'RankMe e'],
  ];
  const ranking = ({ ranking: { all, cold, lists } }: Ranked): string[] => [
    ...[all.hr['10'], all.hr['50'], all.hr['200'], cold.hr['10'], cold.hr['50']].map(percent),
    fixed(all.mrrAt?.['10'], 3),
    percent(lists?.coverage['10']),
    fixed(lists?.gini['10'], 3),
    fixed(lists?.popularity['10'], 1),
  ];
  const mean = (values: readonly (readonly number[])[]): string => tableMean(values).toFixed(3);
  const base = baseSinksOf(record);
  const arms = record.arms.flatMap(({ id, evaluations }) => {
    const last = evaluations.at(-1);
    if (last === undefined) return [];
    const { collapse } = last;
    const sinks = sinksOf(last);
    return [
      [
        ...[id, ...ranking(last), collapse.lmDrift.toFixed(3), mean(sinks.itemSinkRate), mean(sinks.barcode)],
        ...[collapse.rankMeInterest.toFixed(1), collapse.rankMeItem.toFixed(1)],
      ],
    ];
  });
  const last = record.arms[0]?.evaluations.at(-1) ?? null;
  return [
    table([
      head,
      ...baselines.map(([name, ranked]) => [name, ...ranking(ranked)]),
      ['base model', ...Array.from({ length: 9 }, () => ''), '0', mean(base.itemSinkRate), mean(base.barcode)],
      ...arms,
    ]),
    `Item sinks and barcode are means over layers and heads, ${sinkPopulation(record, last)}.`,
  ].join('\n\n');
}

function poolTable({ pools }: RunRecord, rows: readonly Row[]): string | null {
  if (pools === undefined) return null;
  const head = ['', 'HR@10', 'HR@50', 'HR@200', 'cold@10', 'cold@50', 'NDCG@10', 'MRR@10'];
  const of = ({ pool }: Ranked): string[] =>
    pool
      ? [
          ...[pool.all.hr['10'], pool.all.hr['50'], pool.all.hr['200'], pool.cold.hr['10'], pool.cold.hr['50']].map(percent),
          ...[percent(pool.all.ndcg['10']), fixed(pool.all.mrrAt?.['10'], 3)],
        ]
      : [];
  return [
    `Inside sampled pools of ${pools.size} candidates (${pools.from}, seed ${pools.seed}); not comparable with the whole catalogue:`,
    table([head, ...rows.map(([name, ranked]) => [name, ...of(ranked)])]),
  ].join('\n');
}

function aucTable(rows: readonly Row[]): string | null {
  const known = rows.filter(([, { gauc }]) => gauc !== undefined);
  if (known.length === 0) return null;
  const values = known.map(([name, { gauc }]) => [name, gauc!.value.toFixed(4), String(gauc!.requests)]);
  return ['Inside the lists shown with the clicks:', table([['', 'gAUC', 'requests'], ...values])].join('\n');
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
    `A request, from history to the ${k} best items: milliseconds alone and in a batch of ${users}, median of ${repeats}, on ${name} (zero-shot: on the processor).`,
    table([
      ['', 'ms alone', 'ms batched', 'MFLOP', 'dispatches', 'read', 'dropped'],
      row('zero-shot', zeroShot),
      row('base model', base),
      ...Object.entries(arms).map(([id, cost]) => row(id, cost)),
    ]),
    'MFLOP: matrix products of one request. Read: parameters; dropped: those that only training needs.',
  ].join('\n');
}
