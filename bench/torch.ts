/**
 * PyTorch as a contestant: a Python process beside the benchmark, which gets the other libraries' inputs in a
 * file.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { DecoderConfig, DecoderWeights } from '../src/model/decoderConfig';
import type { ModelSource } from '../src/model/source/modelSource';
import type { BenchCase, MatmulCase, StepCase } from './cases';
import type { Reply, Request } from './contestant';
import type { LibraryId } from './library';
import { matmulInputs, named, stepInputs, type StepInputs } from './inputs';
import { loraPairs } from './peers/lora';
import { rotationTables } from './peers/rotations';
import { batchIndices, headNames, isDecayed } from './peers/step';
import { projectionShapes } from './projections';
import type { Contestant } from './rounds';

/** The interpreter: that of the environment variable PYTHON, or the system's. */
const PYTHON = process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : '/usr/bin/python3');

type TorchDevice = 'cpu' | 'cuda';

/** @returns PyTorch's version, or why there is none on that device */
async function findTorch(device: TorchDevice): Promise<{ readonly version: string } | { readonly missing: string }> {
  const code = `import torch; print(torch.__version__, torch.cuda.is_available() or '${device}' == 'cpu')`;
  let output: string;
  try {
    output = (await promisify(execFile)(PYTHON, ['-c', code])).stdout;
  } catch (error) {
    // A number is the code with which it ended.
    const started = typeof (error as { readonly code?: unknown }).code === 'number';
    return {
      missing: started ? `${PYTHON} has no PyTorch` : `${PYTHON} cannot be started; set PYTHON to an interpreter with PyTorch`,
    };
  }
  const [version = '', usable] = output.trim().split(' ');
  return usable === 'True' ? { version } : { missing: `PyTorch ${version} of ${PYTHON} finds no CUDA device` };
}

/**
 * PyTorch's version, if it is to take part and is there; else says why not. With `--gpu` it runs on the card.
 */
export async function torchFor(
  { libraries, gpu }: { readonly libraries: readonly LibraryId[]; readonly gpu: boolean },
  onProgress: (message: string) => void,
): Promise<{ readonly torch: string | null; readonly device: TorchDevice }> {
  const device = gpu ? 'cuda' : 'cpu';
  if (!libraries.includes('torch')) return { torch: null, device };
  const found = await findTorch(device);
  if ('version' in found) return { torch: `${found.version} on ${device}`, device };
  onProgress(`PyTorch is left out: ${found.missing}.`);
  return { torch: null, device };
}

/** A process with PyTorch. @param root the repository's folder */
export function openTorch(root: string, device: TorchDevice, source: (model: string) => ModelSource): Contestant {
  const child = spawn(PYTHON, [path.join(root, 'bench/peers/torch/peer.py'), device, String(availableParallelism())], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string | null> => {
    const line: IteratorResult<string, undefined> = await lines.next();
    return line.value ?? null;
  };
  // Says that it has started, before the first request.
  const ready = next();
  const send = async (request: unknown): Promise<Reply> => {
    if ((await ready) === null) return { type: 'failed', message: `${PYTHON} has no PyTorch` };
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await next();
    return line === null ? { type: 'failed', message: 'its process ended' } : (JSON.parse(line) as Reply);
  };
  return {
    async ask(request: Request): Promise<Reply> {
      if (request.type !== 'prepare') return send(request);
      const folder = await mkdtemp(path.join(tmpdir(), 'karma-bench-'));
      try {
        const file = path.join(folder, 'inputs');
        await writeInputs(file, request.benchCase, request.times, source);
        return await send({ type: 'prepare', file });
      } catch (error) {
        return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    close: () => {
      child.kill();
    },
  };
}

interface Written {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The case as `file`.json and its arrays, one after the other, as `file`.f32. */
async function writeInputs(
  file: string,
  benchCase: BenchCase,
  times: number,
  source: (model: string) => ModelSource,
): Promise<void> {
  const { about, arrays } = await inputsOf(benchCase, times, source);
  const where: Record<string, readonly number[]> = {};
  let floats = 0;
  const output = await open(`${file}.f32`, 'w');
  try {
    for (const { name, shape, values } of arrays) {
      where[name] = [floats, ...shape];
      floats += values.length;
      await output.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  } finally {
    await output.close();
  }
  await writeFile(`${file}.json`, JSON.stringify({ ...about, kind: benchCase.kind, floats, arrays: where }));
}

interface Described {
  readonly about: Readonly<Record<string, unknown>>;
  readonly arrays: readonly Written[];
}

async function inputsOf(benchCase: BenchCase, times: number, source: (model: string) => ModelSource): Promise<Described> {
  if (benchCase.kind === 'matmul') return product(benchCase, times);
  if (benchCase.kind === 'step') return step(benchCase, await stepInputs(benchCase, source));
  throw new Error(`PyTorch does no ${benchCase.kind} here`);
}

function product(benchCase: MatmulCase, times: number): Described {
  const { rows, columns, depth } = benchCase;
  const { a, b } = matmulInputs(benchCase);
  const arrays = [
    { name: 'a', shape: [rows, depth], values: a },
    { name: 'b', shape: [depth, columns], values: b },
  ];
  return { about: { times }, arrays };
}

function step(benchCase: StepCase, { config, weights, features, parameters, batch }: StepInputs): Described {
  const { spec, items, history, text, lambdaGen, lambdaRec } = benchCase;
  const { hidden, headSize, layers, normEpsilon, bosId, vocabulary } = config;
  if (config.family !== 'llama') throw new Error(`PyTorch runs Llama's kind of model here, not ${config.family}`);
  const trained: Written[] = [];
  const add = (name: string): void => {
    const { rows, columns, values } = named(parameters, name);
    trained.push({ name, shape: [rows, columns], values });
  };
  loraPairs(parameters, (_, name) => {
    add(name);
  });
  headNames(benchCase).forEach(add);
  const { cos, sin } = rotationTables(config, history + 1 + text);
  const names = trained.map(({ name }) => name);
  return {
    about: {
      ...{ headSize, layers, normEpsilon, bosId, history, text, lambdaGen, lambdaRec },
      users: batch.length,
      loraScale: parameters.layout.loraScale,
      training: spec.training,
      trained: names,
      decayed: names.filter(isDecayed),
      ...Object.fromEntries(Object.entries(batchIndices(batch)).map(([name, values]) => [name, [...values]])),
    },
    arrays: [
      ...trained,
      { name: 'embedding', shape: [vocabulary, hidden], values: weights.embedding },
      { name: 'final_norm', shape: [hidden], values: weights.finalNorm },
      { name: 'hidden_features', shape: [items, hidden], values: features.hidden },
      { name: 'title_features', shape: [items, hidden], values: features.title },
      { name: 'cos', shape: [cos.length / headSize, headSize], values: cos },
      { name: 'sin', shape: [sin.length / headSize, headSize], values: sin },
      ...blockArrays(config, weights),
    ],
  };
}

function blockArrays(config: DecoderConfig, { blocks }: DecoderWeights): Written[] {
  return blocks.flatMap((block, layer) => [
    { name: `${layer}.input_norm`, shape: [block.inputNorm.length], values: block.inputNorm },
    { name: `${layer}.post_norm`, shape: [block.postNorm.length], values: block.postNorm },
    ...projectionShapes(config).map(({ projection, role, rows, columns }) => ({
      name: `${layer}.${projection}`,
      shape: [rows, columns],
      values: block[role]!,
    })),
  ]);
}
