/** What operations changed, in words. Pure. */
import { t } from '../../../words/words';
import type { DialledArm, DialPoint } from '../../../record/dial';
import type { OperatedModel, SurgeryDifference } from '../../../record/surgery';
import type { CutHeads } from '../../state/session/operations';
import { listed, signed } from '../../../readings/format';
import { holm } from '../../../statistics/hypothesis';
import { mean } from '../../../statistics/statistics';
import type { Table } from '../../../charts/export/table';

/** A difference of shares in points, with its interval. */
export function pointsText({ mean: value, low, high }: SurgeryDifference): string {
  return `${signed(100 * value, 1)} [${signed(100 * low, 1)}, ${signed(100 * high, 1)}]`;
}

/** A difference in nats, with its interval. */
export function natsText(difference: SurgeryDifference | null): string {
  if (difference === null) return '–';
  const { mean: value, low, high } = difference;
  return `${signed(value, 3)} [${signed(low, 3)}, ${signed(high, 3)}]`;
}

/**
 * Whether damping sinks cost more than taking as much attention from random items: the hits of each model.
 */
export function surgerySentence(models: readonly OperatedModel[]): string {
  const moved = models.filter(({ effect }) => effect.hits[10]!.p < 0.05);
  if (moved.length === 0)
    return t('HR@10 of {models} does not change distinguishably.', { models: listed(models.map(({ label }) => label)) });
  return t('HR@10 changes distinguishably in {models}.', {
    models: listed(moved.map(({ label, effect }) => `${label} (${signed(100 * effect.hits[10]!.mean, 1)})`)),
  });
}

/** Heads that matter after Holm's correction over all heads of all models. */
export function headsThatMatter(cut: readonly CutHeads[]): { readonly id: string; readonly head: number }[] {
  const all = cut.flatMap(({ id, effects }) => effects.map((effect, head) => ({ id, head, p: effect[10]!.p })));
  const corrected = holm(all.map(({ p }) => p));
  return all.filter((_, at) => corrected[at]! < 0.05).map(({ id, head }) => ({ id, head }));
}

export function headsSentence(cut: readonly CutHeads[]): string {
  const tested = cut.reduce((sum, { effects }) => sum + effects.length, 0);
  return t('{n} of {tested} heads change HR@10 distinguishably when cut alone, after Holm’s correction for {tested} tests.', {
    n: headsThatMatter(cut).length,
    tested,
  });
}

/** HR@10 in points, and nats per token of the texts of the model's domain. */
export function tradeoffPoint({ hits, domain }: DialPoint): { readonly ranking: number; readonly loss: number } {
  return { ranking: 100 * hits[10]!, loss: mean(domain) };
}

/** Whether other arms, as trained, lie outside the front that the first one reaches by the dial. */
export function dialSentence(arms: readonly DialledArm[]): string {
  const [first, ...others] = arms;
  if (first === undefined) return '';
  const reached = first.points.filter(({ leading }) => !leading).map(tradeoffPoint);
  const outside = others.flatMap(({ label, points }) => {
    const trained = points.find(({ t: at, leading }) => at === 1 && !leading);
    if (trained === undefined) return [];
    const own = tradeoffPoint(trained);
    const beside = reached.filter(({ loss }) => loss <= own.loss).map(({ ranking }) => ranking);
    const gain = own.ranking - Math.max(...beside, ...(beside.length === 0 ? [0] : []));
    return [t('{arm} {gain} points', { arm: label, gain: signed(gain, 1) })];
  });
  if (outside.length === 0) return '';
  return t(
    'HR@10 against the best that {first}, dialled down, reaches with no more loss of language: {gains}. One seed, without an interval.',
    {
      first: first.label,
      gains: listed(outside),
    },
  );
}

/** In English, as files are. */
export function surgeryTable(models: readonly OperatedModel[]): Table {
  const rows = models.flatMap(({ label, before, effect, control }) =>
    [['operation', effect] as const, ...(control === null ? [] : [['control', control] as const])].flatMap(([what, found]) => [
      ...Object.entries(found.hits).map(([k, { mean: value, low, high, p }]) => [
        ...[label, what, `HR@${k}`, before.hits[Number(k)]!, value, low, high, p],
      ]),
      ...(found.domain === null
        ? []
        : [[label, what, 'domain NLL', before.domain, found.domain.mean, found.domain.low, found.domain.high, found.domain.p]]),
      [label, what, 'item-sink rate', before.sinkRate, found.sinkRate - before.sinkRate, null, null, null],
    ]),
  );
  return { columns: ['model', 'what', 'measure', 'before', 'change', 'low', 'high', 'p'], rows };
}

export function headsTable(cut: readonly CutHeads[], heads: number): Table {
  const rows = cut.flatMap(({ label, effects }) =>
    effects.map((effect, plane) => {
      const { mean: value, low, high, p } = effect[10]!;
      return [label, Math.floor(plane / heads) + 1, (plane % heads) + 1, value, low, high, p];
    }),
  );
  return { columns: ['model', 'layer', 'head', 'change of HR@10', 'low', 'high', 'p'], rows };
}

export function dialTable(arms: readonly DialledArm[]): Table {
  const rows = arms.flatMap(({ label, points }) =>
    points.map(({ t: at, leading, hits, domain, sinkRate, klTexts, klCatalogue }) => [
      ...[label, leading ? 'leading directions' : 'all', at, hits[10]!, hits[200]!, mean(domain), sinkRate, klTexts, klCatalogue],
    ]),
  );
  return { columns: ['arm', 'what', 't', 'HR@10', 'HR@200', 'domain NLL', 'item-sink rate', 'KL texts', 'KL catalogue'], rows };
}
