/**
 * `npm run bench:tiles`: what it costs to compile the tiles that software adapters take for small products and from textures (four lanes), and for narrow
 * ones (eight), and to multiply with them, against other tiles. CPU time, since these adapters compute on the processor.
 */
import { Gemm, type GemmKind } from '../../src/engine/gemm/gemm';
import { chooseTile, presetTiles, tileName, type GemmTile } from '../../src/engine/gemm/gemmTiles';
import { completion } from '../../src/gpu/completion';
import type { Gpu } from '../../src/gpu/device';
import { KernelCache } from '../../src/gpu/kernel';
import { openNodeGpu } from '../../src/gpu/node';
import { Recorder } from '../../src/gpu/recorder';
import { Memory } from '../../src/gpu/tensor';
import { quartiles } from '../quartiles';
import { smallOptions } from '../smallOptions';

const USAGE = `npm run bench:tiles -- [options]
  --rounds 5      rounds, each on a device that has compiled nothing
  --products 100  products of a size in a round`;

/** Rows, columns and summed dimension of a product. */
type Size = readonly [rows: number, columns: number, depth: number];

interface Comparison {
  readonly tile: GemmTile;
  /** The tile it is measured against. */
  readonly against: GemmTile;
  readonly sizes: readonly Size[];
}

const KINDS: readonly GemmKind[] = ['NT', 'NN', 'TN'];
/** Numbers of a matrix. */
const ROOM = 2 ** 20;

/** Null without subgroups of four or eight lanes. */
function comparisons(lanes: number | null): readonly Comparison[] | null {
  if (lanes !== 4 && lanes !== 8) return null;
  const chosen = ([rows, columns, depth]: Size, copies = false): GemmTile =>
    chooseTile(presetTiles(true, lanes), { kind: 'NT', rows, columns, depth, aligned: true, copies });
  const narrow = chosen([1024, 8, 256]);
  const thin: readonly Size[] = [
    [64, 8, 64],
    [1024, 8, 256],
    [768, 8, 1024],
  ];
  const written = (tile: GemmTile): GemmTile => ({ ...tile, looped: false });
  const loop = { tile: narrow, against: written(narrow), sizes: thin };
  if (lanes === 8) return [{ tile: narrow, against: { ...narrow, rows: 8 }, sizes: thin }, loop];
  const small = chosen([16, 16, 16]);
  const few: readonly Size[] = [
    [16, 16, 16],
    [24, 32, 32],
    [8, 128, 64],
  ];
  const more: readonly Size[] = [
    [40, 40, 40],
    [48, 48, 48],
    [64, 128, 96],
    [128, 128, 128],
  ];
  const quads = chosen([64, 128, 96]);
  return [
    { tile: small, against: quads, sizes: [...few, ...more] },
    { tile: chosen([64, 128, 96], true), against: quads, sizes: more },
    { tile: small, against: narrow, sizes: thin },
    { tile: small, against: written(small), sizes: few },
    loop,
  ];
}

/** Milliseconds of CPU time of the process during `work`. */
async function cpuTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** CPU time to compile a tile's kernels, by kind, and to multiply, by kind and size. */
async function measured(gpu: Gpu, tile: GemmTile, sizes: readonly Size[], products: number): Promise<Map<string, number>> {
  const memory = new Memory(gpu.device);
  const [a, b, out] = ['A', 'B', 'C'].map((name) => memory.tensor(ROOM, name));
  const recorder = new Recorder(memory, 16);
  const gemm = new Gemm(KernelCache.of(gpu.device), recorder, [{ tile, speed: 1 }], memory);
  const multiply = async (kind: GemmKind, [rows, columns, depth]: Size, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      gemm.run({
        kind,
        rows,
        columns,
        depth,
        a: { tensor: a!, stride: kind === 'TN' ? rows : depth },
        b: { tensor: b!, stride: kind === 'NT' ? depth : columns },
        out: { tensor: out!, stride: columns },
      });
    }
    recorder.submit();
    await completion(gpu.device, gpu.device.queue.onSubmittedWorkDone());
  };
  const times = new Map<string, number>();
  for (const kind of KINDS) {
    times.set(`${kind} to compile`, await cpuTime(() => multiply(kind, [8, 8, 8], 1)));
    for (const size of sizes) {
      times.set(`${kind} ${size.join(' × ')}`, (await cpuTime(() => multiply(kind, size, products))) / products);
    }
  }
  memory.destroy();
  return times;
}

/** @returns the exit code: 1 on an adapter without such subgroups, 2 for bad arguments */
export async function main(args: readonly string[]): Promise<number> {
  const options = smallOptions(args, USAGE, { rounds: 5, products: 100 });
  if (typeof options === 'number') return options;
  const { rounds, products } = options;
  const { adapter, subgroupSize } = await openNodeGpu();
  const compared = comparisons(subgroupSize);
  console.info(`${adapter.description || adapter.device}, ${rounds} rounds\n`);
  if (compared === null) {
    console.error('This adapter has no subgroups of four or eight lanes: these tiles are not for it.');
    return 1;
  }
  for (const { tile, against, sizes } of compared) {
    const rows = new Map<string, { readonly own: number[]; readonly other: number[] }>();
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [tile, against] : [against, tile];
      for (const one of order) {
        const gpu = await openNodeGpu();
        for (const [row, time] of await measured(gpu, one, sizes, products)) {
          const times = rows.get(row) ?? { own: [], other: [] };
          times[one === tile ? 'own' : 'other'].push(time);
          rows.set(row, times);
        }
        gpu.device.destroy();
      }
    }
    console.info(`| | ${tileName(tile)}, CPU ms | ${tileName(against)}, CPU ms | ratio |\n|---|---|---|---|`);
    for (const [row, { own, other }] of rows) {
      const ratio = own.map((time, round) => time / other[round]!);
      console.info(`| ${row} | ${quartiles(own, 3)} | ${quartiles(other, 3)} | ${quartiles(ratio, 2)} |`);
    }
    console.info('');
  }
  return 0;
}
