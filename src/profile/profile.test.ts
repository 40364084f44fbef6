import { describe, expect, it } from 'vitest';
import type { TimedRun } from '../gpu/profiler';
import { profileSchema, type Profile } from '../record/profile';
import { StepTimes } from './stepTimes';
import { gflops, profileTree, type ProfileNode } from './tree';

function run(path: string, kernel: string, ms: number, flops = 0): TimedRun {
  return { path: path === '' ? [] : path.split(' › '), kernel, dispatches: 1, ms, flops };
}

const FIRST = [
  run('', 'fill', 1),
  run('forward › layer 1', 'gemm_NT', 4, 8e6),
  run('forward › layer 1', 'attention', 2),
  run('forward › layer 1', 'gemm_NT', 4, 8e6),
  run('loss', 'gemm_NN', 2, 1e6),
];

function profile(): Profile {
  const times = new StepTimes({ tiles: 'preset' });
  times.add(20, { runs: FIRST, resolution: 0.1 });
  times.add(40, { runs: [...FIRST.slice(0, 4), run('loss', 'gemm_NN', 6, 1e6)], resolution: 0.01 });
  return times.mean()!;
}

describe('StepTimes', () => {
  it('averages over steps what ran under one name', () => {
    const { rows, ...whole } = profileSchema.parse(profile());
    expect(whole).toEqual({ steps: 2, wallMs: 30, gpuMs: 15, resolutionMs: 0.01, tiles: 'preset' });
    expect(rows).toEqual([
      { path: [], kernel: 'fill', dispatches: 1, ms: 1, flops: 0 },
      { path: ['forward', 'layer 1'], kernel: 'gemm_NT', dispatches: 2, ms: 8, flops: 16e6 },
      { path: ['forward', 'layer 1'], kernel: 'attention', dispatches: 1, ms: 2, flops: 0 },
      { path: ['loss'], kernel: 'gemm_NN', dispatches: 1, ms: 4, flops: 1e6 },
    ]);
  });

  it('averages over all steps a kernel that only some of them run', () => {
    const times = new StepTimes({ tiles: 'preset' });
    times.add(1, { runs: [run('', 'rare', 3)], resolution: 0 });
    times.add(1, { runs: [], resolution: 0 });
    expect(times.mean()!.rows).toEqual([{ path: [], kernel: 'rare', dispatches: 0.5, ms: 1.5, flops: 0 }]);
  });

  it('is null before the first step', () => {
    expect(new StepTimes({ tiles: 'preset' }).mean()).toBeNull();
  });

  it('does not change means that it returned earlier', () => {
    const times = new StepTimes({ tiles: 'preset' });
    times.add(1, { runs: FIRST, resolution: 0 });
    const before = times.mean()!;
    times.add(1, { runs: FIRST, resolution: 0 });
    expect(before.rows[1]!.ms).toBe(8);
    expect(before.steps).toBe(1);
  });
});

describe('profileTree', () => {
  const lines = (node: ProfileNode): string[] => [
    `${node.path.join(' › ')} ${node.start}+${node.ms}`,
    ...node.children.flatMap(lines),
  ];

  it('follows the step, part by part', () => {
    const tree = profileTree(profile(), 'part');
    expect(lines(tree)).toEqual([
      ' 0+15',
      'fill 0+1',
      'forward 1+10',
      'forward › layer 1 1+10',
      'forward › layer 1 › gemm_NT 1+8',
      'forward › layer 1 › attention 9+2',
      'loss 11+4',
      'loss › gemm_NN 11+4',
    ]);
    expect(tree.matmulMs).toBe(12);
    expect(gflops(tree)).toBeCloseTo(17e6 / 12 / 1e6, 12);
    expect(gflops(tree.children[0]!)).toBeNull();
    expect(tree.children[1]).toMatchObject({ dispatches: 3, flops: 16e6, matmulMs: 8 });
  });

  it('puts the kernel with the most time first', () => {
    const tree = profileTree(profile(), 'kernel');
    expect(lines(tree).filter((line) => !line.includes('›'))).toEqual([
      ' 0+15',
      'gemm_NT 0+8',
      'gemm_NN 8+4',
      'attention 12+2',
      'fill 14+1',
    ]);
    expect(lines(tree)).toContain('gemm_NT › forward › layer 1 0+8');
  });
});
