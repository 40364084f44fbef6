/**
 * Checks of a model, each against another program: transformers and PEFT, the reference in PyTorch, ONNX
 * Runtime, transformers.js.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { openModel } from '../cli/diskSource';
import { writeAdapterFiles, writeFiles } from '../cli/exportModels';
import { relativeError } from '../engine/fixture';
import { writeAdapter } from '../engine/peft/write';
import { loraOf } from '../engine/trainedArm';
import type { Gpu } from '../gpu/device';
import { exportMerged } from '../model/exportMerged';
import { exportOnnx } from '../model/exportOnnx';
import { isGguf } from '../model/gguf/ggufName';
import type { LoadedModel } from '../model/loadedModel';
import { ortProblem } from '../model/ortRoom';
import { writeSafetensors, type FloatTensor } from '../model/safetensors';
import { readJson, type ModelSource } from '../model/source/modelSource';
import { fileStorage } from '../engine/decoder/matrixFormats';
import { precisionText } from '../record/fileStorage';
import { megabytes } from '../record/memoryPlan';
import type { Precision } from '../recipe/runSpec';
import { verifiedBatch, type VerifiedBatch } from './batch';
import { engineGradients, engineLogits, engineMemory, ortSide, type MemorySide } from './engineSide';
import { hardStrings } from './hardStrings';
import { readAnswers, unansweredCheck, type PythonAnswers, type RunPython } from './python';
import { unchecked, limitRow, type VerificationRow } from './rows';
import { PROMPTS, PROSE } from './texts';

/**
 * ONNX Runtime and greedy text; the adapter and the merged safetensors; the merged ONNX; gradients and
 * memory; perplexity by precision.
 */
export type VerificationPart = 'runtime' | 'adapter' | 'onnx' | 'gradients' | 'perplexity';

export interface Verification {
  /** A model's folder, or a GGUF file. */
  readonly place: string;
  readonly gpu: Gpu;
  /** Null: there is no Python with PyTorch here. */
  readonly python: RunPython | null;
  /** An empty folder for what programs exchange, several times the model's size. */
  readonly folder: string;
  readonly strings: number;
  readonly prompts: number;
  readonly texts: number;
  readonly greedyTokens: number;
  readonly precisions: readonly Precision[];
  /** What is checked besides tokenizer and logits. */
  readonly parts: readonly VerificationPart[];
  readonly say: (line: string) => void;
}

/** The whole, as `npm run verify:llm` does it. */
export const FULL_VERIFICATION = {
  strings: 1000,
  prompts: PROMPTS.length,
  texts: PROSE.length,
  greedyTokens: 16,
  precisions: ['f32', 'q8_0', 'q4_0'],
  parts: ['runtime', 'adapter', 'onnx', 'gradients', 'perplexity'],
} as const satisfies Partial<Verification>;

/**
 * Largest relative differences that pass. Gradients go through every layer twice, in float32: the row says
 * how far PyTorch's own are off.
 */
const LOGITS = 1e-4;
const GRADIENTS = 1e-3;
const NLL = 1e-4;
const MEMORY = 0.1;
/** The least that the random adapter must move logits. */
const MOVED = 0.01;

const TRANSFORMERS = 'transformers';

export interface Verified {
  readonly rows: readonly VerificationRow[];
  readonly model: Pick<LoadedModel, 'hash' | 'bytes' | 'config'>;
}

/** @throws ModelError when the model cannot be read at all */
export async function verifyModel(request: Verification): Promise<Verified> {
  const { place, gpu, folder, say } = request;
  const started = performance.now();
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  const step = (what: string): void => {
    say(`${seconds().padStart(6)}  ${what}`);
  };
  step(`reading ${place}`);
  const { model, source } = await openModel(place, path.basename(place));
  const asked = await questionsOf(request, model, source);
  step('Python is asked, while the engine computes');
  const python = request.python === null ? null : request.python(folder);
  // Its failure is reported in the end.
  python?.catch(() => undefined);
  const has = (part: VerificationPart): boolean => request.parts.includes(part);
  const precisions = has('perplexity') ? request.precisions : (['f32'] as const);
  step(`logits of the engine, weights as ${precisions.join(', ')}`);
  const arm = has('adapter') || has('onnx') ? asked.verified.arm : null;
  const ours = await engineLogits(gpu, model, arm, asked.prompts, has('perplexity') ? asked.texts : [], precisions);
  const problem = ortProblem(model.config, { name: 'wasm' });
  if (has('runtime')) step('ONNX Runtime');
  const ort = has('runtime') && problem === null ? await ortSide(model, asked.prompts, request.greedyTokens) : null;
  if (has('gradients')) step('gradients of the engine');
  const gradients = has('gradients') ? await engineGradients(gpu, model, asked.verified) : null;
  const memory = new Map<Precision, MemorySide>(gradients === null ? [] : [['f32', gradients]]);
  // A GGUF file's own types are one more.
  const stored = [...request.precisions, ...(isGguf(place) ? (['file'] as const) : [])];
  for (const precision of gradients === null ? [] : stored.filter((one) => one !== 'f32')) {
    step(`memory with weights in ${precisionText(precision, fileStorage(model.config))}`);
    memory.set(precision, await engineMemory(gpu, model, asked.verified, precision));
  }
  if (has('onnx')) step('transformers.js');
  const onnx = has('onnx') ? await transformersJsLogits(folder, asked.prompts) : null;
  step('waiting for Python');
  let answers: PythonAnswers | null = null;
  let why = 'there is no Python with PyTorch here';
  try {
    await python;
    if (python !== null) answers = await readAnswers(folder);
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  step('done');
  return { model, rows: rowsOf(request, asked, { model, ours, ort, problem, gradients, memory, onnx, answers, why }) };
}

interface Asked {
  readonly verified: VerifiedBatch;
  readonly prompts: readonly (readonly number[])[];
  readonly texts: readonly (readonly number[])[];
  /** The strings' IDs, and the texts of these IDs. */
  readonly strings: readonly string[];
  readonly encoded: readonly (readonly number[])[];
  readonly decoded: readonly string[];
}

/** Computes what Python is to be compared with, and writes every file that it reads. */
async function questionsOf(request: Verification, model: LoadedModel, source: ModelSource): Promise<Asked> {
  const { place, folder } = request;
  const { tokenizer, config } = model;
  const strings = hardStrings(request.strings, await specialTokens(source));
  const encoded = strings.map((text) => tokenizer.encode(text));
  const withStart = (text: string): number[] => [config.bosId, ...tokenizer.encode(text)];
  const prompts = PROMPTS.slice(0, request.prompts).map(withStart);
  const texts = PROSE.slice(0, request.texts).map(withStart);
  const verified = await verifiedBatch(model);
  const { arm, spec, inputs, batch } = verified;
  const base = { model, source, title: 'Verified' };
  // transformers reads the folder itself; of a GGUF file it gets the folder that is made from it.
  const gguf = isGguf(place);
  if (gguf) await writeFiles(path.join(folder, 'model'), await exportMerged({ ...base, adapter: null }));
  const has = (part: VerificationPart): boolean => request.parts.includes(part);
  const merged = { ...base, adapter: loraOf(arm) };
  if (has('adapter')) {
    await writeFiles(path.join(folder, 'merged'), await exportMerged(merged));
    const adapter = writeAdapter(arm, { ...model, revision: null }, spec.lora);
    await writeAdapterFiles(path.join(folder, 'adapter'), adapter);
  }
  if (has('onnx')) await writeFiles(path.join(folder, 'onnx'), await exportOnnx(merged));
  await writeFile(path.join(folder, 'parameters.safetensors'), parametersOf(verified));
  const where = gguf ? 'model' : path.resolve(place);
  const questions = {
    tokens: { tokenizer: path.join(where, 'tokenizer.json'), texts: strings },
    logits: {
      models: {
        base: { model: where },
        ...(has('adapter') && { adapted: { model: where, adapter: 'adapter' }, merged: { model: 'merged' } }),
      },
      prompts,
    },
    ...(has('runtime') && { greedy: { model: where, prompts, tokens: request.greedyTokens, ends: config.endIds } }),
    ...(has('perplexity') && { perplexity: { model: where, precisions: request.precisions, texts } }),
    ...(has('gradients') && {
      gradients: { model: where, parameters: 'parameters.safetensors', spec, batch, titles: inputs.titleTokens },
    }),
    ...(gguf && { gguf: { file: path.resolve(place), model: where } }),
  };
  await writeFile(path.join(folder, 'questions.json'), JSON.stringify(questions));
  return { verified, prompts, texts, strings, encoded, decoded: encoded.map((ids) => tokenizer.decode(ids)) };
}

async function specialTokens(source: ModelSource): Promise<string[]> {
  const { added_tokens: added = [] } = (await readJson(source, 'tokenizer.json')) as { added_tokens?: { content: string }[] };
  return added.map(({ content }) => content);
}

function parametersOf({ layout, arm, inputs }: VerifiedBatch): Uint8Array {
  const { items, features, config } = inputs;
  const tensors: Record<string, FloatTensor> = {
    'features.hidden': { shape: [items, config.hidden], data: features.hidden },
    'features.title': { shape: [items, config.hidden], data: features.title },
  };
  for (const { name, offset, rows, columns } of layout.slots.values()) {
    tensors[`param.${name}`] = { shape: [rows, columns], data: arm.flat.subarray(offset, offset + rows * columns) };
  }
  return writeSafetensors(tensors);
}

/** Logits of each prompt from the exported ONNX folder, on transformers.js's own runtime. */
async function transformersJsLogits(folder: string, prompts: Asked['prompts']): Promise<Float32Array[]> {
  env.allowRemoteModels = false;
  env.localModelPath = folder;
  const model = await AutoModelForCausalLM.from_pretrained('onnx');
  const found: Float32Array[] = [];
  for (const ids of prompts) {
    const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const attention_mask = new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]);
    const { logits } = (await model({ input_ids, attention_mask })) as { logits: Tensor };
    found.push(Float32Array.from(logits.data as Float32Array));
  }
  await model.dispose();
  return found;
}

interface Found {
  readonly model: LoadedModel;
  readonly ours: Awaited<ReturnType<typeof engineLogits>>;
  readonly ort: Awaited<ReturnType<typeof ortSide>> | null;
  /** Why ONNX Runtime was not asked. */
  readonly problem: string | null;
  /** This and the next: null if they are not checked. */
  readonly gradients: Awaited<ReturnType<typeof engineGradients>> | null;
  /** By precision. */
  readonly memory: ReadonlyMap<Precision, MemorySide>;
  readonly onnx: readonly Float32Array[] | null;
  readonly answers: PythonAnswers | null;
  /** Why Python did not answer. */
  readonly why: string;
}

function rowsOf(request: Verification, asked: Asked, found: Found): VerificationRow[] {
  const { ours, ort, problem, onnx, answers, why } = found;
  const { prompts } = asked;
  const theirs = (name: string): (Float32Array | undefined)[] => prompts.map((_, at) => answers?.tensor(`logits.${name}.${at}`));
  const missing = (check: string, against: string, reason: string | undefined): VerificationRow =>
    answers === null ? unchecked(check, against, why) : unansweredCheck(check, against, reason);
  const logits = (
    check: string,
    against: string,
    expected: readonly (Float32Array | undefined)[],
    mine = ours.base,
  ): VerificationRow => {
    const errors = expected.map((one, at) => (one === undefined ? NaN : relativeError(mine[at]!, one)));
    return limitRow(check, against, largestOf(errors), LOGITS, `# of the largest, ${prompts.length} prompts`);
  };
  const answered = (check: string, name: string, mine = ours.base): VerificationRow => {
    const expected = theirs(name);
    const reason = answers?.problems.logits ?? answers?.logits?.problems[name];
    const against = name === 'adapted' ? 'transformers with PEFT' : TRANSFORMERS;
    return expected.some((one) => one === undefined) ? missing(check, against, reason) : logits(check, against, expected, mine);
  };
  return [
    ...tokenRows(asked, answers, missing),
    ...ggufRows(request, answers, missing),
    ...(request.parts.includes('runtime')
      ? [ort === null ? unchecked('logits', 'ONNX Runtime', problem ?? '') : logits('logits', 'ONNX Runtime', ort.logits)]
      : []),
    answered('logits', 'base'),
    ...(request.parts.includes('runtime') ? [greedyRow(asked, ort?.greedy ?? null, problem, answers, missing)] : []),
    ...gradientRows(found, missing),
    ...(ours.adapted === null ? [] : [movedRow(ours.base, ours.adapted)]),
    ...(request.parts.includes('adapter') ? [answered('adapter, in PEFT’s layout', 'adapted', ours.adapted ?? [])] : []),
    ...(onnx === null ? [] : [logits('merged, ONNX', 'transformers.js', onnx, ours.adapted ?? [])]),
    ...(request.parts.includes('adapter') ? [answered('merged, safetensors', 'merged', ours.adapted ?? [])] : []),
    ...perplexityRows(request, found, missing),
    ...memoryRows(found),
  ];
}

type Missing = (check: string, against: string, reason: string | undefined) => VerificationRow;

function tokenRows({ strings, encoded, decoded }: Asked, answers: PythonAnswers | null, missing: Missing): VerificationRow[] {
  const kinds = [
    ['tokens', encoded, answers?.tokens?.ids],
    ['text of tokens', decoded, answers?.tokens?.texts],
  ] as const;
  return kinds.map(([check, mine, theirs]): VerificationRow => {
    if (theirs === undefined) return missing(check, 'tokenizers', answers?.problems.tokens);
    const wrong = strings.filter((_, at) => JSON.stringify(mine[at]) !== JSON.stringify(theirs[at]));
    const example = wrong.length === 0 ? '' : `, first ${JSON.stringify(wrong[0])}`;
    const found = `${wrong.length} of ${strings.length} strings differ${example}`;
    return { check, against: 'tokenizers', found, verdict: wrong.length === 0 ? 'pass' : 'fail' };
  });
}

function ggufRows({ place }: Verification, answers: PythonAnswers | null, missing: Missing): VerificationRow[] {
  if (!isGguf(place)) return [];
  const [check, against] = ['weights read from GGUF', 'transformers’ own reader'];
  const read = answers?.gguf;
  if (read === undefined) return [missing(check, against, answers?.problems.gguf)];
  return [limitRow(check, against, read.difference, 1e-6, `# of a tensor’s largest, ${read.tensors} tensors`)];
}

/** Otherwise a comparison with the adapter would mean nothing. */
function movedRow(base: readonly Float32Array[], adapted: readonly Float32Array[]): VerificationRow {
  const moved = Math.min(...adapted.map((one, at) => relativeError(one, base[at]!)));
  return {
    check: 'the adapter changes the logits',
    against: 'the base model',
    found: `${moved.toExponential(1)} of the largest (at least ${MOVED})`,
    verdict: moved >= MOVED ? 'pass' : 'fail',
  };
}

function memoryRows({ memory, model }: Found): VerificationRow[] {
  return [...memory].map(([precision, { measured, planned }]): VerificationRow => {
    const found = `${megabytes(measured)} measured, ${megabytes(planned)} planned: #`;
    const check = `GPU memory, ${precisionText(precision, fileStorage(model.config))}`;
    return limitRow(check, 'the plan', Math.abs(measured - planned) / planned, MEMORY, found);
  });
}

function greedyRow(
  { prompts }: Asked,
  mine: readonly (readonly number[])[] | null,
  problem: string | null,
  answers: PythonAnswers | null,
  missing: Missing,
): VerificationRow {
  const check = 'greedy text';
  if (mine === null) return unchecked(check, TRANSFORMERS, problem ?? '');
  const theirs = answers?.greedy?.ids;
  if (theirs === undefined) return missing(check, TRANSFORMERS, answers?.problems.greedy);
  const wrong = mine.filter((ids, at) => JSON.stringify(ids) !== JSON.stringify(theirs[at])).length;
  const tokens = mine.reduce((sum, { length }) => sum + length, 0);
  const found = `${wrong} of ${prompts.length} continuations differ, ${tokens} tokens`;
  return { check, against: TRANSFORMERS, found, verdict: wrong === 0 ? 'pass' : 'fail' };
}

const WAYS = [
  ['own', 'PyTorch, float64'],
  ['transformers', 'transformers with PEFT'],
] as const;

function gradientRows({ gradients, answers }: Found, missing: Missing): VerificationRow[] {
  if (gradients === null) return [];
  return WAYS.map(([way, against]) => {
    const check = 'gradients of LoRA and heads';
    const losses = answers?.gradients?.losses[way];
    if (answers === null || losses === undefined)
      return missing(check, against, answers?.problems.gradients ?? answers?.gradients?.problems[way]);
    const errors = [...gradients.gradients].map(([name, mine]) => {
      const expected = answers.tensor(`grad.${way}.${name}`);
      // A parameter that no loss reads has none there, and zeros here.
      return [name, expected === undefined ? largestOf([...mine].map(Math.abs)) : relativeError(mine, expected)] as const;
    });
    const [worst] = [...errors].sort(([, a], [, b]) => b - a);
    const apart = Object.entries(losses).map(([name, loss]) => {
      const mine = gradients.losses[name];
      return mine == null ? Number(loss !== 0) : Math.abs(mine - loss) / Math.max(1e-3, Math.abs(loss));
    });
    return limitRow(
      check,
      against,
      largestOf([...errors.map(([, error]) => error), ...apart]),
      GRADIENTS,
      `# of a parameter’s largest, ${errors.length} parameters (${worst?.[0] ?? 'none'}), losses too${way === 'own' ? rounding(answers, gradients) : ''}`,
    );
  });
}

/** How far PyTorch in float32 is from PyTorch in float64, the measure of what rounding alone does. */
function rounding(answers: PythonAnswers, { gradients }: NonNullable<Found['gradients']>): string {
  const errors = [...gradients.keys()].flatMap((name) => {
    const [single, double] = [answers.tensor(`grad.transformers.${name}`), answers.tensor(`grad.own.${name}`)];
    return single === undefined || double === undefined ? [] : [relativeError(single, double)];
  });
  return errors.length === 0 ? '' : `; PyTorch in float32 differs by ${largestOf(errors).toExponential(1)}`;
}

function perplexityRows({ precisions, parts }: Verification, { ours, answers }: Found, missing: Missing): VerificationRow[] {
  if (!parts.includes('perplexity')) return [];
  const whole = Math.exp(ours.nll.get('f32')!);
  const apart = (mine: number, expected: number): number => Math.abs(mine - expected) / expected;
  const read = answers?.perplexity;
  const f32 = `perplexity of prose, f32`;
  const rows = [
    read?.transformers == null
      ? missing(f32, TRANSFORMERS, answers?.problems.perplexity ?? read?.problems.transformers)
      : limitRow(f32, TRANSFORMERS, apart(ours.nll.get('f32')!, read.transformers), NLL, `${whole.toFixed(3)}; NLL differs by #`),
  ];
  for (const precision of precisions.filter((one) => one !== 'f32')) {
    const mine = ours.nll.get(precision)!;
    const check = `perplexity of prose, ${precision}`;
    const against = 'PyTorch, weights rounded alike';
    const expected = read?.own[precision];
    const change = 100 * (Math.exp(mine) / whole - 1);
    const more = `${Math.exp(mine).toFixed(3)}, ${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)} % beside f32`;
    rows.push(
      expected === undefined
        ? missing(check, against, answers?.problems.perplexity)
        : limitRow(check, against, apart(mine, expected), NLL, `${more}; NLL differs by #`),
    );
  }
  return rows;
}

/** NaN if one is. */
function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => (Number.isNaN(most) || Number.isNaN(value) ? NaN : Math.max(most, value)), 0);
}
