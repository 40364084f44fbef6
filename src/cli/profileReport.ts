/** What `--profile` prints: for each arm the parts of a step, then its kernels. */
import { clockStep } from '../profile/clock';
import { gflops, profileTree, type ProfileNode } from '../profile/tree';
import type { Profile } from '../record/profile';
import type { RunRecord } from '../record/runRecord';

/** Number of kernels listed by name. */
const SHOWN = 12;
const NAME_WIDTH = 34;

export function profileReport({ adapter, arms }: RunRecord): string {
  if (!adapter.timestamps) return 'not profiled: this adapter has no timestamp queries (WebGPU feature timestamp-query)';
  return arms.flatMap(({ id, profile }) => (profile === undefined ? [] : [armReport(id, profile)])).join('\n\n');
}

function armReport(arm: string, profile: Profile): string {
  const { steps, gpuMs, wallMs, resolutionMs } = profile;
  const parts = profileTree(profile, 'part');
  const kernels = profileTree(profile, 'kernel').children;
  const rest = kernels.slice(SHOWN);
  const rate = gflops(parts);
  const matmul = `${percent(parts.matmulMs, gpuMs)} in matrix products${rate === null ? '' : ` at ${rate.toFixed(1)} GFLOP/s`}`;
  const clock = `clock in steps of ${clockStep(resolutionMs)}`;
  return [
    `profile of ${arm}, mean of ${steps} steps: ${gpuMs.toFixed(2)} ms on the GPU of ${wallMs.toFixed(2)} ms a step; ${matmul}; ${clock}${tileWords(profile)}`,
    line('', 'ms', 'share', 'GFLOP/s', 'dispatches'),
    ...partLines(parts, gpuMs),
    '',
    ...kernels.slice(0, SHOWN).map((kernel) => nodeLine(kernel.name, kernel, gpuMs)),
    ...(rest.length === 0 ? [] : [restLine(rest, gpuMs)]),
  ].join('\n');
}

function tileWords({ tiles }: Profile): string {
  switch (tiles) {
    case undefined:
      return '';
    case 'timed':
      return '; tiles: timed on this adapter';
    case 'preset':
      return '; tiles: preset';
  }
}

/** Parts of the step, and their parts; layers and kernels are only in the file and on the page. */
function partLines({ children }: ProfileNode, gpuMs: number, depth = 0): string[] {
  return children.flatMap((part) => {
    const name = `${'  '.repeat(depth)}${part.name}`;
    const isPart = part.children.length > 0 && !/^layer \d+$/.test(part.name);
    if (depth > 0 && !isPart) return [];
    return [nodeLine(name, part, gpuMs), ...(depth === 0 ? partLines(part, gpuMs, depth + 1) : [])];
  });
}

function restLine(rest: readonly ProfileNode[], gpuMs: number): string {
  const sum = (value: (node: ProfileNode) => number): number => rest.reduce((total, node) => total + value(node), 0);
  const ms = sum((node) => node.ms);
  return line(`${rest.length} more`, ms.toFixed(3), percent(ms, gpuMs), '', count(sum((node) => node.dispatches)));
}

function nodeLine(name: string, node: ProfileNode, gpuMs: number): string {
  return line(name, node.ms.toFixed(3), percent(node.ms, gpuMs), gflops(node)?.toFixed(1) ?? '', count(node.dispatches));
}

function line(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}

/** Dispatches per step; a mean if steps differ. */
function count(dispatches: number): string {
  return Number.isInteger(dispatches) ? String(dispatches) : dispatches.toFixed(1);
}

function percent(ms: number, of: number): string {
  return of > 0 ? `${((100 * ms) / of).toFixed(1)} %` : '';
}
