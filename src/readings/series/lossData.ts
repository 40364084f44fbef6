/** Loss traces as series, sentence and table. Pure. */
import { message, t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import { extremeIndices } from '../../scene/extremes';
import type { XRange } from '../../scene/charts/range';
import { smooth, type LinePoint, type LineSeries } from '../../scene/charts/series';
import { objectiveFormula, TERMS } from '../../engine/objective/terms';
import { byTerm, TERM_IDS } from '../../recipe/terms';
import { compact } from '../format';
import type { LossTerm, XAxis } from '../choices';
import type { FigureArm } from '../arms/armsOf';
import { stepX } from './xAxis';

/** Texts are translated where they are shown. */
export const TRACES: Readonly<Record<LossTerm, { readonly label: string; readonly unit: string; readonly definition: string }>> =
  {
    action: {
      label: 'L_act',
      unit: 'nats',
      definition: message('action loss, mean over prediction rows (pairs for the pairwise loss)'),
    },
    ...byTerm((term) => {
      const { symbol, unit, plotted } = TERMS[term].words;
      return { label: symbol, unit, definition: plotted };
    }),
    total: { label: 'L', unit: 'nats', definition: message('arms with different λ’s are not comparable') },
    gradNorm: {
      label: message('gradient norm'),
      unit: message('before clipping'),
      definition: message('global norm over trainable parameters, before clipping'),
    },
    learningRate: { label: message('learning rate'), unit: '1', definition: message('learning rate of the step') },
  };

/** Number of points drawn of all traces together, about: more than a chart has pixels would add nothing. */
const MAX_POINTS = 1600;

interface Trace {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

function traceOf({ record }: FigureArm, term: LossTerm): Trace {
  const steps: number[] = [];
  const values: number[] = [];
  record.steps[term].forEach((value, i) => {
    if (value === null) return;
    steps.push(i);
    values.push(value);
  });
  return { steps, values };
}

/**
 * One series per arm that has the term; the raw trace is behind the smoothed one. Of many steps those are
 * drawn at which an arm's trace, raw or smoothed, is lowest or highest: the same ones of every arm, since
 * they are read together.
 * @param range the part of the x axis that is shown; null for all of it
 */
export function lossSeries(
  arms: readonly FigureArm[],
  term: LossTerm,
  axis: XAxis,
  smoothing: number,
  range: XRange | null = null,
): LineSeries[] {
  const traces = arms.flatMap((arm) => {
    const { steps, values } = traceOf(arm, term);
    if (values.length === 0) return [];
    const xs = stepX(arm.record, axis);
    return [{ arm, steps, values, smoothed: smooth(values, smoothing), xOf: (i: number) => xs[steps[i]!] ?? 0 }];
  });
  const most = MAX_POINTS / Math.max(1, traces.length * (smoothing > 0 ? 2 : 1));
  const kept = new Set<number>();
  for (const { steps, values, smoothed, xOf } of traces) {
    // The ends are always there: the axis reaches from one to the other.
    const ends = [0, values.length - 1];
    const [from, to] = range === null ? [0, values.length] : stretchOf(values.length, xOf, range);
    const shown = [...extremeIndices(smoothed, most, from, to), ...(smoothing > 0 ? extremeIndices(values, most, from, to) : [])];
    for (const i of [...ends, ...shown]) kept.add(steps[i]!);
  }
  return traces.map(({ arm, steps, values, smoothed, xOf }): LineSeries => {
    const { id, label, mark } = arm;
    const drawn = steps.flatMap((row, i) => (kept.has(row) ? [i] : []));
    const at = (i: number, y: number): LinePoint => ({ x: xOf(i), y, key: arm.record.steps.step[steps[i]!] ?? 0 });
    const plain: LineSeries = { id, label, mark, markers: false, points: drawn.map((i) => at(i, smoothed[i]!)) };
    return smoothing > 0 ? { ...plain, raw: drawn.map((i) => at(i, values[i]!)) } : plain;
  });
}

/**
 * Indices of a trace in a range, and one more on each side, to which the line leads.
 * @returns the second is exclusive
 */
function stretchOf(length: number, xOf: (i: number) => number, [low, high]: XRange): [number, number] {
  let [from, to] = [0, length];
  while (from < length && xOf(from) < low) from++;
  while (to > from && xOf(to - 1) > high) to--;
  return [Math.max(0, from - 1), Math.min(length, to + 1)];
}

/** What a trace shows. */
export function lossDefinition(term: LossTerm): string {
  const definition = t(TRACES[term].definition);
  return term === 'total' ? `${objectiveFormula()}; ${definition}` : definition;
}

export function lossSentence(arms: readonly FigureArm[], term: LossTerm, smoothing: number): string {
  const ends = arms.flatMap((arm) => {
    const { values } = traceOf(arm, term);
    const last = smooth(values, smoothing).at(-1);
    return last === undefined ? [] : [`${arm.label} ${exactly(last)}`];
  });
  if (ends.length === 0) {
    return arms.some((arm) => arm.record.steps.step.length > 0)
      ? t('No arm has {loss}.', { loss: t(TRACES[term].label) })
      : t('No step has been completed yet.');
  }
  const values = { loss: t(TRACES[term].label), arms: ends.join(', ') };
  return smoothing > 0
    ? t(
        '{loss}, smoothed, at the last step: {arms}. On training batches, one seed: a lower loss is not a better ranking.',
        values,
      )
    : t('{loss} at the last step: {arms}. On training batches, one seed: a lower loss is not a better ranking.', values);
}

/** Significant digits with trailing zeros, so that arms are aligned. */
export function exactly(value: number, digits = 4): string {
  return Math.abs(value) >= 0.01 && Math.abs(value) < 1e4
    ? value.toPrecision(digits)
    : compact(Number(value.toPrecision(digits)));
}

export function lossTable(arms: readonly FigureArm[]): Table {
  return {
    columns: [
      'arm',
      'step',
      'seconds',
      'examples',
      'L',
      'L_act',
      ...TERM_IDS.map((term) => TERMS[term].words.symbol),
      'gradient norm',
      'learning rate',
    ],
    rows: arms.flatMap(({ label, record: { steps } }) =>
      steps.step.map((step, i) => [
        label,
        step,
        steps.seconds[i] ?? null,
        steps.examples[i] ?? null,
        steps.total[i] ?? null,
        steps.action[i] ?? null,
        ...TERM_IDS.map((term) => steps[term][i] ?? null),
        steps.gradNorm[i] ?? null,
        steps.learningRate[i] ?? null,
      ]),
    ),
  };
}
