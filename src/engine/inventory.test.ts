/** What holds for all shaders. */
import { describe, expect, it } from 'vitest';
import { includesOf, kernelPath, shaderNames, shaderParts, shaderSource, type ShaderParts } from '../gpu/shaders';
import { ACTION_LOSSES } from './losses/actionLosses';
import { SOFTMAX } from './losses/softmax/row';
import { SQUARED_LOG_SUM } from './terms/z/row';
import { variantSource } from './gemm/gemm';
import { presetTiles, TUNING_CANDIDATES } from './gemm/gemmTiles';

const tests = import.meta.glob<string>(['./**/*.test.ts', '../testing/{checkRowLoss,tiledScores,wholeLoss}.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** WebGPU's default limits, which every adapter can meet. */
const STORAGE_BUFFERS = 8;
const UNIFORM_SLOT = 256;
const WORKGROUP_THREADS = 256;
const WORKGROUP_BYTES = 16_384;

/** The values that a `{name}` in an include can take. */
const VARIANTS = [
  ...new Set([SOFTMAX, SQUARED_LOG_SUM, ...Object.values(ACTION_LOSSES).map(({ row }) => row)].map(({ shader }) => shader)),
].flatMap((loss) => ['none', 'columns'].map((offsets) => ({ loss, offsets })));

/** Kernels that include parts by name, once with each of them. */
function variantsOf(name: string): readonly ShaderParts[] {
  try {
    shaderSource(name);
    return [{}];
  } catch {
    return VARIANTS;
  }
}

function storageBuffers(source: string): number {
  return [...source.matchAll(/var<storage/g)].length;
}

/** Bytes of a product's operands in workgroup memory, which are vectors of four floats. */
function stagedBytes(source: string): number {
  return [...source.matchAll(/var<workgroup> \w+: array<vec4f, (\d+)>/g)].reduce(
    (sum, [, vectors]) => sum + 16 * Number(vectors),
    0,
  );
}

/** The room under shaders/ that a file's tests cover; tests in src/testing check losses. */
function roomOf(file: string): string | undefined {
  return file.startsWith('../testing/') ? 'losses' : /^\.\/(\w+)\//.exec(file)?.[1];
}

it('every kernel shaders/<room>/<name>.wgsl is tested in src/engine/<room>, and no tested kernel is missing', () => {
  const tested = Object.entries(tests).flatMap(([file, text]) =>
    [...text.matchAll(/\.run\(\s*'(\w+)'/g)].map(([, name]) => `${roomOf(file)}/${name}.wgsl`),
  );
  expect([...new Set(tested)].sort()).toEqual(shaderNames().map(kernelPath).sort());
});

it('every part is included by some kernel, and every loss has its own', () => {
  const reached = new Set<string>();
  const follow = (path: string): void => {
    for (const written of includesOf(path)) {
      for (const { loss, offsets } of VARIANTS) {
        const included = written.replace('{loss}', loss).replace('{offsets}', offsets);
        if (reached.has(included)) continue;
        reached.add(included);
        follow(included);
      }
    }
  };
  for (const name of shaderNames()) follow(kernelPath(name));
  expect([...reached].sort()).toEqual(shaderParts().sort());
});

describe.each(shaderNames().flatMap((name) => variantsOf(name).map((parts) => [name, parts] as const)))(
  '%s %o',
  (name, parts) => {
    const source = shaderSource(name, parts);
    it('keeps to the default limits', () => {
      expect(storageBuffers(source)).toBeGreaterThan(0);
      expect(storageBuffers(source)).toBeLessThanOrEqual(STORAGE_BUFFERS);
      const fields = /struct Params \{([^}]*)\}/.exec(source)?.[1]?.match(/:/g) ?? [];
      expect(fields.length).toBeGreaterThan(0);
      expect(4 * fields.length).toBeLessThanOrEqual(UNIFORM_SLOT);
      const threads = /@workgroup_size\(([\d, ]+)\)/.exec(source)?.[1]?.split(',').map(Number) ?? [];
      expect(threads.length).toBeGreaterThan(0);
      expect(threads.reduce((product, size) => product * size, 1)).toBeLessThanOrEqual(WORKGROUP_THREADS);
    });

    it('says in its header what it computes', () => {
      expect(source).toMatch(/^\/\/ .{20}/);
    });
  },
);

it('generated matrix products keep to the default limits', () => {
  for (const kind of ['NN', 'NT', 'TN'] as const) {
    for (const tile of [...presetTiles(true, 4).map((rated) => rated.tile), ...TUNING_CANDIDATES]) {
      const all = { tail: true, bias: true, residual: true, accumulate: true };
      const source = variantSource({ kind, tile, vector: true, format: 'q4_0', f16: false, ...all });
      expect(storageBuffers(source)).toBeLessThanOrEqual(STORAGE_BUFFERS);
      expect(tile.groupRows * tile.groupColumns * (tile.split ?? 1)).toBeLessThanOrEqual(WORKGROUP_THREADS);
      expect(stagedBytes(source) > 0).toBe(tile.staged !== undefined || tile.split !== undefined);
      expect(stagedBytes(source)).toBeLessThanOrEqual(WORKGROUP_BYTES);
    }
  }
});
