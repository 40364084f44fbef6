/** What a request costs after training, as rows, sentence and table. Pure. */
import { t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import { type Labelled, spoken } from '../../scene/marks/label';
import type { ArmMark } from '../../scene/marks/armMark';
import type { Inference, RequestCost } from '../../record/runRecord';
import { count, fixed, listed } from '../format';
import type { FigureArm } from '../arms/armsOf';

export interface CostRow extends Labelled {
  readonly id: string;
  readonly mark: ArmMark | null;
  readonly cost: RequestCost;
}

export function costRows(inference: Inference, arms: readonly FigureArm[]): CostRow[] {
  return [
    { id: 'zeroShot', ...spoken(() => t('zero-shot, on the CPU')), mark: null, cost: inference.zeroShot },
    { id: 'base', ...spoken(() => t('base model')), mark: null, cost: inference.base },
    ...arms.flatMap(({ id, label, mark }) => {
      const cost = inference.arms[id];
      return cost ? [{ id, label, mark, cost }] : [];
    }),
  ];
}

/** Number of dispatches per request. */
export function dispatches({ kernels }: RequestCost): number {
  return Object.values(kernels).reduce((sum, times) => sum + times, 0);
}

/** Whether two servers run the same kernels equally often. */
export function sameKernels(a: RequestCost, b: RequestCost): boolean {
  const names = Object.keys(a.kernels);
  return names.length === Object.keys(b.kernels).length && names.every((name) => a.kernels[name] === b.kernels[name]);
}

/** Three significant digits: a median of a few requests is not known better. */
export function msText(ms: number): string {
  return fixed(ms, Math.max(0, Math.min(3, 2 - Math.floor(Math.log10(ms)))));
}

/** 12,345,678 → `12.3`. */
export function megaflops(flops: number): string {
  return fixed(flops / 1e6, flops < 1e7 ? 2 : 1);
}

export function inferenceSentence(inference: Inference, arms: readonly FigureArm[]): string {
  const rows = costRows(inference, arms).filter(({ cost }) => cost.on === 'gpu');
  const trained = rows.filter(({ id }) => id !== 'base');
  const [first] = trained;
  if (!first) return t('No arm was timed.');
  const times = listed(trained.map(({ label, cost }) => `${label} ${msText(cost.msAlone)} ms`));
  const alike = rows.every(({ cost }) => sameKernels(cost, first.cost) && cost.flops === first.cost.flops);
  const left = trained.filter(({ cost }) => cost.parameters.training > 0).map(({ label }) => label);
  if (!alike) return t('One request takes {times}; the arms do not run the same kernels.', { times });
  return t(
    'One request takes {times}, with the same {dispatches} dispatches and {megaflops} MFLOP in every arm and in the base model{n, plural, =0 {} one {: the decoder of {arms} costs nothing after training} other {: the decoders of {arms} cost nothing after training}}. Times also depend on the load of the machine.',
    {
      times,
      dispatches: count(dispatches(first.cost)),
      megaflops: megaflops(first.cost.flops),
      n: left.length,
      arms: listed(left),
    },
  );
}

export function inferenceTable(inference: Inference, arms: readonly FigureArm[]): Table {
  return {
    columns: [
      ...['model', 'computed on', 'ms, one request', `ms per request, ${inference.users} at once`, 'FLOP of matrix products'],
      ...['dispatches', 'parameters read', 'parameters used only in training'],
    ],
    rows: costRows(inference, arms).map(({ label, cost }) => [
      ...[label, cost.on, cost.msAlone, cost.msInBatch, cost.flops],
      ...[dispatches(cost), cost.parameters.used, cost.parameters.training],
    ]),
  };
}
