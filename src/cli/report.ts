/** What the CLI prints: progress lines while it runs and a table at the end. */
import { tableMean } from '../evaluation/sinks';
import { baseSinksOf, sinkPopulation, sinksOf } from '../evaluation/userSinks';
import type { RankingBySplit, RunRecord } from '../spec/runRecord';
import { groupsBySize, megabytes, MEMORY_GROUPS, type MemoryPlan } from '../spec/memoryPlan';
import type { WorkerEvent } from '../worker/protocol';

/** A line for an event, or null for events that say nothing new. */
export function eventLine(event: WorkerEvent, steps: number): string | null {
  switch (event.type) {
    case 'progress': {
      const { stage, note, done, total } = event.progress;
      return total > 0 && done !== total ? null : `${stage}: ${note}`;
    }
    case 'memory':
      return event.plan === null ? event.problem : memoryLine(event.plan);
    case 'step': {
      const { columns, arm } = event;
      if (columns.step % Math.max(1, Math.round(steps / 20)) !== 0) return null;
      const parts = [`action ${columns.action.toFixed(3)}`];
      if (columns.gen !== null) parts.push(`gen ${columns.gen.toFixed(3)}`);
      if (columns.rec !== null) parts.push(`rec ${columns.rec.toFixed(3)}`);
      return `${arm} ${columns.step}/${steps}  ${parts.join('  ')}  ${(columns.step / columns.seconds).toFixed(2)} steps/s`;
    }
    case 'evaluation': {
      const { all, cold } = event.evaluation.ranking;
      const at = (values: Record<string, number>, k: string): string => percent(values[k]);
      const sinks = tableMean(sinksOf(event.evaluation).itemSinkRate).toFixed(3);
      return `${event.arm} @${event.evaluation.step} ${event.evaluation.population}: HR@10 ${at(all.hr, '10')} (cold ${at(cold.hr, '10')})  HR@50 ${at(all.hr, '50')}  item sinks ${sinks}  n ${all.n}`;
    }
    case 'started': {
      const { storage } = event.record.base;
      if (storage === undefined) return null;
      const { precision, nll, maxRelative, divergence, tokens } = storage;
      const error = `largest logit difference ${maxRelative.toExponential(1)}, KL ${divergence.toExponential(1)} nats a token`;
      return `${precision} weights: NLL ${nll.f32.toFixed(4)} → ${nll.stored.toFixed(4)} on ${tokens} tokens, ${error}`;
    }
    case 'device':
    case 'text-started':
    case 'text-grown':
    case 'text-ended':
    case 'text-failed':
    case 'exported':
    case 'export-failed':
    case 'phase':
    case 'log':
    case 'model':
    case 'certificate':
    case 'profile':
    case 'trained':
    case 'adapter':
    case 'fetched':
    case 'fetch-failed':
    case 'fetch-cancelled':
    case 'model-opened':
    case 'survey':
    case 'kept':
    case 'finished':
    case 'failed':
      return null;
  }
}

/** `GPU memory: 171 MB (activations 120 MB, …)`, the largest groups first. */
export function memoryLine(plan: MemoryPlan): string {
  const parts = groupsBySize(plan).map(([group, bytes]) => `${MEMORY_GROUPS[group]} ${megabytes(bytes)}`);
  return `GPU memory: ${megabytes(plan.total)} (${parts.join(', ')})`;
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : (100 * share).toFixed(1);
}

/** Final figures of every arm and baseline. HR in percent, on the test targets of all users. */
export function finalTable(record: RunRecord): string {
  const head = [
    '',
    'HR@10',
    'HR@50',
    'HR@200',
    'cold@10',
    'cold@50',
    'LM drift',
    'item sinks',
    'barcode',
    'RankMe h',
    'RankMe e',
  ];
  const ranking = ({ all, cold }: RankingBySplit): string[] => [
    percent(all.hr['10']),
    percent(all.hr['50']),
    percent(all.hr['200']),
    percent(cold.hr['10']),
    percent(cold.hr['50']),
  ];
  const mean = (table: readonly (readonly number[])[]): string => tableMean(table).toFixed(3);
  const { baselines } = record;
  const base = baseSinksOf(record);
  const rows = [
    head,
    ['popularity', ...ranking(baselines.popularity.all)],
    ...(baselines.itemKnn === undefined ? [] : [['item-kNN', ...ranking(baselines.itemKnn.all)]]),
    ...(baselines.sasrec === undefined ? [] : [['SASRec-size', ...ranking(baselines.sasrec.all)]]),
    ['last item', ...ranking(baselines.lastItem.all)],
    ['zero-shot', ...ranking(baselines.zeroShot.all)],
    ['base model', '', '', '', '', '', '0', mean(base.itemSinkRate), mean(base.barcode)],
    ...record.arms.flatMap((arm) => {
      const last = arm.evaluations.at(-1);
      if (last === undefined) return [];
      const { collapse } = last;
      const sinks = sinksOf(last);
      return [
        [
          arm.id,
          ...ranking(last.ranking),
          collapse.lmDrift.toFixed(3),
          mean(sinks.itemSinkRate),
          mean(sinks.barcode),
          collapse.rankMeInterest.toFixed(1),
          collapse.rankMeItem.toFixed(1),
        ],
      ];
    }),
  ];
  const table = rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(12) : cell.padStart(11))).join(''))
    .join('\n');
  const last = record.arms[0]?.evaluations.at(-1) ?? null;
  return `${table}\n\nItem sinks and barcode are means over layers and heads, ${sinkPopulation(record, last)}.`;
}
