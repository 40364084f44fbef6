/** `npm run summarise -- run.json …`: final figures over runs that differ only in their seed, with intervals and paired differences. */
import { readFile } from 'node:fs/promises';
import { tableMean } from '../evaluation/sinks';
import { sinksOf } from '../evaluation/userSinks';
import { describeDifference, meanInterval, standardDeviation } from '../evaluation/statistics';
import { runRecordSchema, type Evaluation, type RunRecord } from '../spec/runRecord';

interface Figure {
  readonly name: string;
  /** Shown in percent. */
  readonly share: boolean;
  readonly of: (evaluation: Evaluation) => number;
}

const FIGURES: readonly Figure[] = [
  { name: 'HR@10', share: true, of: ({ ranking }) => ranking.all.hr['10'] ?? NaN },
  { name: 'HR@50', share: true, of: ({ ranking }) => ranking.all.hr['50'] ?? NaN },
  { name: 'HR@200', share: true, of: ({ ranking }) => ranking.all.hr['200'] ?? NaN },
  { name: 'cold HR@10', share: true, of: ({ ranking }) => ranking.cold.hr['10'] ?? NaN },
  { name: 'cold HR@50', share: true, of: ({ ranking }) => ranking.cold.hr['50'] ?? NaN },
  { name: 'LM drift (nats a token)', share: false, of: ({ collapse }) => collapse.lmDrift },
  { name: 'item-sink rate', share: false, of: (evaluation) => tableMean(sinksOf(evaluation).itemSinkRate) },
  { name: 'item α', share: false, of: (evaluation) => tableMean(sinksOf(evaluation).itemAlpha) },
  { name: 'barcode index', share: false, of: (evaluation) => tableMean(sinksOf(evaluation).barcode) },
  { name: '[EMB]-row entropy', share: false, of: (evaluation) => tableMean(sinksOf(evaluation).embEntropy) },
  { name: 'RankMe h', share: false, of: ({ collapse }) => collapse.rankMeInterest },
  { name: 'RankMe e', share: false, of: ({ collapse }) => collapse.rankMeItem },
];

/** A Markdown table of every arm's final figures and, for two arms, their paired difference. @throws Error on runs that do not fit together */
export async function summarise(files: readonly string[]): Promise<string> {
  const records = await Promise.all(files.map(async (file) => runRecordSchema.parse(JSON.parse(await readFile(file, 'utf8')))));
  const [first] = records;
  if (first === undefined) throw new Error('Name at least one run file.');
  for (const [index, record] of records.entries()) {
    if (!record.complete) throw new Error(`${files[index] ?? ''} is not a finished run.`);
    if (recipeOf(record) !== recipeOf(first)) throw new Error(`${files[index] ?? ''} has another recipe than ${files[0] ?? ''}.`);
  }
  if (new Set(records.map(({ spec }) => spec.seed)).size < records.length) throw new Error('Two of the runs have the same seed.');
  const arms = first.arms.map(({ id }) => id);
  const paired = arms.length === 2;
  const head = ['', ...arms, ...(paired ? [`${arms[1] ?? ''} − ${arms[0] ?? ''}`] : [])];
  const rows = FIGURES.map(({ name, share, of }) => {
    const values = arms.map((id) => records.map((record) => of(finalOf(record, id)) * (share ? 100 : 1)));
    const digits = share ? 1 : 3;
    const cells = values.map((list) => mean(list, digits));
    if (paired) cells.push(difference(values[1]!, values[0]!, digits));
    return [share ? `${name} (%)` : name, ...cells];
  });
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const seeds = records.map(({ spec }) => spec.seed).join(', ');
  const users = finalOf(first, arms[0]!).ranking.all.n;
  return `Seeds ${seeds}; ${first.spec.training.steps} steps of ${first.spec.training.batchSize} users; test targets of ${users} users. Mean ± standard deviation over seeds; differences with 95 % t-intervals over seeds.\n\n${table}`;
}

/** The recipe without what may differ between seeds. */
function recipeOf({ spec, data }: RunRecord): string {
  return JSON.stringify([{ ...spec, seed: 0, name: '' }, data.hash]);
}

function finalOf(record: RunRecord, id: string): Evaluation {
  const last = record.arms.find((arm) => arm.id === id)?.evaluations.at(-1);
  if (last === undefined) throw new Error(`Arm ${id} was not evaluated.`);
  return last;
}

function mean(values: readonly number[], digits: number): string {
  const { mean: centre } = meanInterval(values);
  const spread = standardDeviation(values);
  return spread === null ? centre.toFixed(digits) : `${centre.toFixed(digits)} ± ${spread.toFixed(digits)}`;
}

function difference(treatment: readonly number[], control: readonly number[], digits: number): string {
  const { difference: centre, low, high, distinguishable } = describeDifference(treatment, control);
  if (low === null || high === null) return `${centre.toFixed(digits)} (one seed)`;
  return `${centre.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]${distinguishable ? '' : ' not distinguishable'}`;
}
