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
    readonly evaluations: readonly Ranked[];
    readonly attention: readonly Attention[];
  }[];
}

type Columns = Readonly<
  Record<'step' | 'seconds' | 'examples' | 'total' | 'action' | 'gradNorm' | 'learningRate', readonly unknown[]>
>;

interface Ranked {
  readonly ranks: readonly number[];
  readonly cold: readonly unknown[];
  readonly groups?: readonly unknown[] | undefined;
  readonly pool?: { readonly ranks: readonly number[] } | undefined;
}

interface Baseline {
  readonly sample: { readonly all: { readonly n: number } };
  readonly all: { readonly all: { readonly n: number } };
  readonly ranks?: ByPopulation<readonly number[]> | undefined;
  readonly pool?: ByPopulation<{ readonly ranks?: readonly number[] | undefined }> | undefined;
}

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

/** Columns of terms that did not exist when the run was made are empty, or shorter. */
function ofColumns({ step, ...others }: Columns, path: Contradiction['path']): Contradiction[] {
  const rows = step.length;
  const wrong = Object.entries(others).find(([, { length }]) => length > rows);
  if (wrong !== undefined)
    return [
      {
        path: [...path, wrong[0]],
        message: `has ${wrong[1].length} entries for ${rows} steps`,
      },
    ];
  for (const name of ['seconds', 'examples', 'total', 'action', 'gradNorm', 'learningRate'] as const)
    if (others[name].length !== rows)
      return [
        {
          path: [...path, name],
          message: `has ${others[name].length} entries for ${rows} steps`,
        },
      ];
  return [];
}

function ofRanks(
  { ranks, cold, groups, pool }: Ranked,
  items: number,
  largest: number,
  path: Contradiction['path'],
): Contradiction[] {
  const found: Contradiction[] = [];
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
    'pool.ranks': pool?.ranks,
  }))
    if (list !== undefined && list.length !== ranks.length)
      found.push({
        path: [...path, name],
        message: `has ${list.length} entries for ${ranks.length} ranks`,
      });
  return found.slice(0, 1);
}

/** Ranks have an entry for each target; a run from a link has none. */
function ofBaseline(
  { sample, all, ranks, pool }: Baseline,
  items: number,
  largest: number,
  path: Contradiction['path'],
): Contradiction[] {
  const found = [['sample', sample.all.n] as const, ['all', all.all.n] as const].flatMap(([population, n]) => [
    ...ofList(ranks?.[population], n, items, [...path, 'ranks', population]),
    ...ofList(pool?.[population].ranks, n, largest, [...path, 'pool', population, 'ranks']),
  ]);
  return found.slice(0, 1);
}

function ofList(ranks: readonly number[] | undefined, n: number, most: number, path: Contradiction['path']): Contradiction[] {
  if (ranks === undefined) return [];
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
