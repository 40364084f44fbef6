/**
 * A profile as a tree: by the parts of a step and, within them, kernels; or by kernel and, within it, the
 * parts that use it. Pure.
 */
import type { Profile, ProfileRow } from '../record/profile';

export type Grouping = 'part' | 'kernel';

export interface ProfileNode {
  readonly name: string;
  /** Names from the root's child down to this node. */
  readonly path: readonly string[];
  /** Milliseconds per step, children included; `matmulMs` of it in matrix products. */
  readonly ms: number;
  readonly matmulMs: number;
  /** Milliseconds from the start of the step, if its kernels ran group after group. */
  readonly start: number;
  readonly dispatches: number;
  readonly flops: number;
  readonly children: readonly ProfileNode[];
}

/** The step. Parts come in the order in which they run, kernels by their time. */
export function profileTree({ rows }: Profile, grouping: Grouping): ProfileNode {
  const keyed = rows.map((row) => ({
    row,
    keys: grouping === 'part' ? [...row.path, row.kernel] : [row.kernel, ...row.path],
  }));
  return node('step', [], keyed, 0, grouping);
}

/** GFLOP/s of a node's matrix products; null if it has none that took time. */
export function gflops({ flops, matmulMs }: ProfileNode): number | null {
  return matmulMs > 0 ? flops / matmulMs / 1e6 : null;
}

interface Keyed {
  readonly row: ProfileRow;
  /** Names that have yet to become nodes. */
  readonly keys: readonly string[];
}

function node(name: string, path: readonly string[], rows: readonly Keyed[], start: number, grouping: Grouping): ProfileNode {
  const groups = new Map<string, Keyed[]>();
  for (const { row, keys } of rows) {
    const [key, ...rest] = keys;
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ row, keys: rest }]);
    else group.push({ row, keys: rest });
  }
  const entries = [...groups];
  if (grouping === 'kernel') entries.sort(([, a], [, b]) => total(b, ({ ms }) => ms) - total(a, ({ ms }) => ms));
  let at = start;
  const children = entries.map(([key, group]) => {
    const child = node(key, [...path, key], group, at, grouping);
    at += child.ms;
    return child;
  });
  return {
    name,
    path,
    ms: total(rows, ({ ms }) => ms),
    matmulMs: total(rows, ({ ms, flops }) => (flops > 0 ? ms : 0)),
    start,
    dispatches: total(rows, ({ dispatches }) => dispatches),
    flops: total(rows, ({ flops }) => flops),
    children,
  };
}

function total(rows: readonly Keyed[], value: (row: ProfileRow) => number): number {
  return rows.reduce((sum, { row }) => sum + value(row), 0);
}
