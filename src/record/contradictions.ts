/** Contradictions between the parts of a record, each of which is valid by itself. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  /** Continues the name of the field. */
  readonly message: string;
}

/** What is compared of a record, which has much more. */
interface Compared {
  readonly data: { readonly items: number };
  readonly shortened?: readonly unknown[] | undefined;
  readonly pools?: { readonly size: number; readonly largest?: number | undefined } | undefined;
  readonly base: { readonly attention: Attention };
  readonly baselines: object;
  readonly arms: readonly {
    readonly steps: Columns;
    readonly evaluations: readonly Evaluated[];
    readonly attention: readonly Attention[];
  }[];
}

type Columns = Readonly<
  Record<'step' | 'seconds' | 'examples' | 'total' | 'action' | 'gradNorm' | 'learningRate', readonly unknown[]>
>;

interface Ranked {
  readonly values: Readonly<Record<string, number>>;
  readonly ranks: readonly number[];
  readonly pool?: { readonly ranks: readonly number[] } | undefined;
}

interface Evaluated extends Ranked {
  readonly cold: readonly unknown[];
  readonly groups?: readonly unknown[] | undefined;
  readonly owners?: readonly unknown[] | undefined;
}

type Baseline = ByPopulation<Pick<Ranked, 'ranks' | 'pool' | 'values'> & { readonly targets: { readonly all: number } }>;

type ByPopulation<T> = Readonly<Record<'sample' | 'all', T>>;

interface Attention {
  readonly probes: number;
  readonly layers: number;
  readonly heads: number;
  readonly length: number;
  readonly data: string;
}

/** Only the first in each part, since a file that is wrong in one place is often wrong in thousands. */
export function contradictions({ arms, base, baselines, data, pools, shortened }: Compared): Contradiction[] {
  const largest = pools === undefined ? Infinity : (pools.largest ?? pools.size);
  const maps = (snapshot: Attention, path: Contradiction['path']): Contradiction[] =>
    shortened !== undefined && snapshot.data === '' ? [] : ofAttention(snapshot, path);
  return [
    ...maps(base.attention, ['base', 'attention']),
    ...Object.entries(baselines).flatMap(([name, one]: [string, Baseline | undefined]) =>
      one === undefined ? [] : ofBaseline(one, data.items, largest, ['baselines', name]),
    ),
    ...arms.flatMap(({ steps, evaluations, attention }, arm) => [
      ...ofColumns(steps, ['arms', arm, 'steps']),
      ...first(evaluations, (one, at) => ofRanks(one, data.items, largest, ['arms', arm, 'evaluations', at])),
      ...first(attention, (one, at) => maps(one, ['arms', arm, 'attention', at])),
    ]),
  ];
}

function first<T>(parts: readonly T[], of: (part: T, at: number) => Contradiction[]): Contradiction[] {
  for (const [at, part] of parts.entries()) {
    const found = of(part, at);
    if (found.length > 0) return found;
  }
  return [];
}

function ofColumns({ step, ...others }: Columns, path: Contradiction['path']): Contradiction[] {
  const rows = step.length;
  const wrong = Object.entries(others).find(([, { length }]) => length !== rows);
  if (wrong === undefined) return [];
  return [{ path: [...path, wrong[0]], message: `has ${wrong[1].length} entries for ${rows} steps` }];
}

/** Measures that are shares of targets, or means of numbers from 0 to 1. */
const SHARES = /(?:^|-)(?:hr|ndcg|mrr|coverage)(?:@|$)/;

function ofValues({ values }: Pick<Ranked, 'values'>, path: Contradiction['path']): Contradiction[] {
  const wrong = Object.entries(values).find(([id, value]) => SHARES.test(id) && !(value >= 0 && value <= 1));
  return wrong === undefined
    ? []
    : [{ path: [...path, 'values', wrong[0]], message: `must be a number from 0 to 1, not ${wrong[1]}` }];
}

function ofRanks(
  { values, ranks, cold, groups, owners, pool }: Evaluated,
  items: number,
  largest: number,
  path: Contradiction['path'],
): Contradiction[] {
  const found = ofValues({ values }, path);
  const check = (values: readonly number[], most: number, where: readonly string[], what: string): void => {
    const wrong = values.find((rank) => !(rank >= 1 && rank <= most));
    if (wrong !== undefined)
      found.push({
        path: [...path, ...where],
        message: `must be from 1 to ${most}, ${what}, not ${wrong}`,
      });
  };
  check(ranks, items, ['ranks'], 'the items of the log');
  if (pool !== undefined) check(pool.ranks, largest, ['pool', 'ranks'], 'the items of a pool');
  for (const [name, list] of Object.entries({
    cold,
    groups,
    owners,
    'pool.ranks': pool?.ranks,
  }))
    if (list !== undefined && list.length !== ranks.length)
      found.push({
        path: [...path, name],
        message: `has ${list.length} entries for ${ranks.length} ranks`,
      });
  return found.slice(0, 1);
}

/** Ranks have an entry for each target, or the record has none. */
function ofBaseline(baseline: Baseline, items: number, largest: number, path: Contradiction['path']): Contradiction[] {
  const found = (['sample', 'all'] as const).flatMap((population) => {
    const { targets, ranks, pool, ...others } = baseline[population];
    const own = [...path, population];
    return [
      ...ofValues(others, own),
      ...ofList(ranks, targets.all, items, [...own, 'ranks']),
      ...ofList(pool?.ranks ?? [], targets.all, largest, [...own, 'pool', 'ranks']),
    ];
  });
  return found.slice(0, 1);
}

function ofList(ranks: readonly number[], n: number, most: number, path: Contradiction['path']): Contradiction[] {
  if (ranks.length === 0) return [];
  if (ranks.length !== n) return [{ path, message: `has ${ranks.length} entries for ${n} targets` }];
  const wrong = ranks.find((rank) => !(rank >= 1 && rank <= most));
  return wrong === undefined ? [] : [{ path, message: `must be from 1 to ${most}, not ${wrong}` }];
}

/** Base64 has four characters for three bytes. */
function ofAttention({ probes, layers, heads, length, data }: Attention, path: Contradiction['path']): Contradiction[] {
  const bytes = probes * layers * heads * length * length;
  if (data.length === 4 * Math.ceil(bytes / 3)) return [];
  return [
    {
      path: [...path, 'data'],
      message: `must hold ${probes} probes × ${layers} layers × ${heads} heads × ${length}² bytes`,
    },
  ];
}
