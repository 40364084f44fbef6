/** A profile in words, as a table, and as the rows of a tree that are open. Pure. */
import type { Table } from '../../charts/export/table';
import { gflops, profileTree, type ProfileNode } from '../../profile/tree';
import type { Profile } from '../../record/profile';
import type { FigureArm } from '../arms/armsOf';
import { percent, sentenceCase } from '../format';
import { t } from '../../words/words';

export interface ProfiledArm {
  readonly id: string;
  readonly label: string;
  readonly profile: Profile;
}

export function profiledArms(arms: readonly FigureArm[]): ProfiledArm[] {
  return arms.flatMap(({ id, label, record }) => (record.profile === undefined ? [] : [{ id, label, profile: record.profile }]));
}

export function profileSentence({ label, profile }: ProfiledArm): string {
  const step = profileTree(profile, 'part');
  const [largest] = [...step.children].sort((a, b) => b.ms - a.ms);
  if (largest === undefined || step.ms === 0) return t('The clock is too coarse for a step of {arm} so far.', { arm: label });
  const rate = gflops(step);
  const facts = {
    part: sentenceCase(largest.name),
    share: percent(largest.ms / step.ms),
    arm: label,
    products: percent(step.matmulMs / step.ms),
  };
  return rate === null
    ? t('{part} takes {share} % of a step of {arm}; matrix products take {products} %.', facts)
    : t('{part} takes {share} % of a step of {arm}; matrix products take {products} %, at {rate} GFLOP/s.', {
        ...facts,
        rate: rateText(rate),
      });
}

export function profileTable(arms: readonly ProfiledArm[]): Table {
  return {
    columns: ['arm', 'part', 'kernel', 'dispatches a step', 'ms a step', 'share (%)', 'GFLOP/s'],
    rows: arms.flatMap(({ label, profile }) =>
      profile.rows.map(({ path, kernel, dispatches, ms, flops }) => [
        label,
        path.join(' › '),
        kernel,
        dispatches,
        ms,
        profile.gpuMs > 0 ? (100 * ms) / profile.gpuMs : null,
        flops > 0 && ms > 0 ? flops / ms / 1e6 : null,
      ]),
    ),
  };
}

/** A node in the table; `level` counts from 1, the step. */
export interface TreeRow {
  readonly key: string;
  readonly node: ProfileNode;
  readonly level: number;
  readonly parent: string | null;
}

/** Nodes whose ancestors are all open, from the step down. */
export function openRows(step: ProfileNode, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (node: ProfileNode, level: number, parent: string | null): void => {
    const key = nodeKey(node);
    rows.push({ key, node, level, parent });
    if (open.has(key)) for (const child of node.children) visit(child, level + 1, key);
  };
  visit(step, 1, null);
  return rows;
}

export function nodeKey({ path }: ProfileNode): string {
  return path.join('\n');
}

export function durationText(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(ms >= 10 ? 1 : 2);
}

export function rateText(gigaflops: number): string {
  return gigaflops >= 100 ? gigaflops.toFixed(0) : gigaflops.toFixed(1);
}
