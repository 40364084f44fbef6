import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from './device';
import { KernelCache, type Kernel } from './kernel';
import { sharedGpu } from '../testing/sharedGpu';
import { Profiler } from './profiler';
import { Recorder } from './recorder';
import { Memory, readFloats, type Tensor } from './tensor';

const COUNT = 1000;

let gpu: Gpu;
let memory: Memory;
let recorder: Recorder;
let add: Kernel;
let clear: Kernel;
let x: Tensor;
beforeAll(async () => {
  gpu = await sharedGpu();
  memory = new Memory(gpu.device);
  recorder = new Recorder(memory);
  const kernels = KernelCache.of(gpu.device);
  clear = kernels.file('fill');
  add = kernels.source('add_one', '', () => ADD_ONE);
  x = memory.tensor(COUNT, 'x');
});
afterAll(() => {
  memory.destroy();
});

const ADD_ONE = `
struct Params { count: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < params.count) { x[id.x] += 1.0; }
}`;

function addOne(flops = 0): void {
  recorder.dispatch({ kernel: add, storage: { x }, params: { count: COUNT }, workgroups: [Math.ceil(COUNT / 64), 1, 1], flops });
}

function zero(): void {
  recorder.dispatch({
    kernel: clear,
    storage: { x },
    params: { count: COUNT, value: 0 },
    workgroups: [Math.ceil(COUNT / 64), 1, 1],
  });
}

async function profiled(record: () => void, profiler = new Profiler(memory)) {
  recorder.profiler = profiler;
  record();
  const start = performance.now();
  recorder.submit();
  const timings = await profiler.read();
  recorder.profiler = null;
  return { ...timings, wall: performance.now() - start };
}

it('times each run of one kernel in one scope, in the order of execution', async () => {
  const { runs, wall } = await profiled(() => {
    zero();
    recorder.scope('forward', () => {
      addOne(3);
      addOne(4);
      recorder.scope('layer 1', () => {
        addOne(5);
      });
      addOne();
    });
    recorder.scope('forward', () => {
      zero();
    });
  });
  expect(runs.map(({ path, kernel, dispatches, flops }) => [path.join(' › '), kernel, dispatches, flops])).toEqual([
    ['', 'fill', 1, 0],
    ['forward', 'add_one', 2, 7],
    ['forward › layer 1', 'add_one', 1, 5],
    ['forward', 'add_one', 1, 0],
    ['forward', 'fill', 1, 0],
  ]);
  for (const { ms } of runs) expect(ms).toBeGreaterThan(0);
  expect(runs.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThan(wall);
});

it('leaves a scope when its body throws', async () => {
  const broken = (): void => {
    recorder.scope('broken', () => {
      throw new RangeError('no');
    });
  };
  const { runs } = await profiled(() => {
    expect(broken).toThrow(RangeError);
    addOne();
  });
  expect(runs[0]?.path).toEqual([]);
});

it('times more passes than a query set holds, over several submits, without changing results', async () => {
  const profiler = new Profiler(memory);
  // The recorder submits after 4,096 dispatches; a set holds 2,048 passes.
  const passes = 4200;
  const { runs } = await profiled(() => {
    zero();
    for (let i = 1; i < passes; i++) recorder.scope(`${i}`, addOne);
  }, profiler);
  expect(runs).toHaveLength(passes);
  expect(runs.map(({ path }) => Number(path[0] ?? 0))).toEqual(Array.from({ length: passes }, (_, i) => i));
  expect(runs.every(({ ms }) => ms > 0)).toBe(true);
  const [values] = await readFloats(memory, [{ tensor: x, elements: COUNT }]);
  expect(new Set(values)).toEqual(new Set([passes - 1]));

  const { count } = memory;
  const again = await profiled(addOne, profiler);
  expect(again.runs).toHaveLength(1);
  expect(memory.count, 'pages are used again').toBe(count);
});

it('opens another set when one is full', async () => {
  const { runs } = await profiled(
    () => {
      for (let i = 0; i < 9; i++) recorder.scope(`${i}`, addOne);
    },
    new Profiler(memory, 8),
  );
  expect(runs.map(({ path }) => path[0])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
});

it('reports the resolution of the clock', async () => {
  const { resolution } = await profiled(() => {
    for (let i = 0; i < 50; i++) recorder.scope(`${i}`, addOne);
  });
  expect(resolution).toBeGreaterThan(0);
  expect(resolution).toBeLessThan(0.001);
});

it('refuses a device that has no timestamps', () => {
  const device = { features: new Set<string>(), addEventListener: () => undefined } as unknown as GPUDevice;
  expect(() => new Profiler(new Memory(device))).toThrow('no timestamp queries');
});
