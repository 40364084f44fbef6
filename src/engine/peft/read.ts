/** An adapter in PEFT's layout as the parameters of an arm. */
import { z } from 'zod';
import type { DecoderConfig } from '../../model/decoderConfig';
import { ModelError } from '../../model/modelError';
import { OWN_FLOATS, parseSafetensors, readFloatTensor } from '../../model/safetensors';
import { PROJECTIONS, type RunSpec } from '../../recipe/runSpec';
import { slotOf, type ParameterLayout } from '../parameters';
import {
  adaptedModules,
  allModules,
  BASE_HASH,
  headNames,
  HEADS_FILE,
  moduleKeys,
  PEFT_CONFIG,
  PEFT_WEIGHTS,
  type Module,
} from './modules';
import { message, t, type Message } from '../../words/words';
import { cutLine, PATH, verbatim } from '../../recipe/texts';

const LACKS = message('it lacks {name}{n, plural, =0 {} other { and # more}}');
const HAS = message('it has {name}{n, plural, =0 {} other { and # more}}');

/**
 * Parameters of an adapter in the given layout; what the files lack is taken from `initial`.
 * @param files at least PEFT's two; without the heads, those of `initial` are taken
 * @throws ModelError when a tensor is missing, unexpected or of another shape, or when rank, alpha or targets
 * differ from the layout's.
 */
export function readAdapter(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  config: DecoderConfig,
  layout: ParameterLayout,
  initial: Float32Array,
): Float32Array {
  const lora = readAdapterConfig(required(files, PEFT_CONFIG));
  const weights = parseSafetensors(required(files, PEFT_WEIGHTS), PEFT_WEIGHTS);
  const modules = adaptedModules(config, layout);
  checkTensors([...weights.tensors.keys()], modules);
  const flat = initial.slice();
  const put = (name: string, data: Float32Array): void => {
    flat.set(data, slotOf(layout, name).offset);
  };
  for (const module of modules) {
    checkScale(lora, module, layout);
    const { a, b } = moduleKeys(module);
    const rank = module.parts.length * layout.loraRank;
    const stacked = readFloatTensor(weights, a, [rank, module.inputs]);
    const blocks = readFloatTensor(weights, b, [module.outputs, rank]);
    module.parts.forEach(({ projection, firstRow, rows }, part) => {
      const size = layout.loraRank * module.inputs;
      put(`lora.${module.layer}.${projection}.A`, stacked.subarray(part * size, (part + 1) * size));
      put(`lora.${module.layer}.${projection}.B`, cutBlock(blocks, { firstRow, rows, rank, part, width: layout.loraRank }));
    });
    checkBlocks(blocks, module, rank, layout.loraRank);
  }
  const heads = files.get(HEADS_FILE);
  if (heads !== undefined) {
    for (const [name, data] of readHeads(heads, layout)) put(name, data);
  }
  return flat;
}

function readHeads(bytes: Uint8Array<ArrayBuffer>, layout: ParameterLayout): [string, Float32Array][] {
  const file = parseSafetensors(bytes, HEADS_FILE);
  try {
    // An adapter may be of a run without L_img or sink token: their parameters then start from their initial
    // values.
    const optional = (name: string): boolean => name.startsWith('img_') || name === 'sink';
    const names = headNames(layout).filter((name) => !optional(name) || file.tensors.has(name));
    return names.map((name) => {
      const { rows, columns } = slotOf(layout, name);
      return [name, readFloatTensor(file, name, [rows, columns], OWN_FLOATS)];
    });
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new ModelError(
      t('{file} does not fit the recipe: {reason}', { file: HEADS_FILE, reason: cause.message }),
      t(
        'Set size of h and e, item input and output and item features as they were when it was trained, or leave this file out: the heads then start afresh.',
      ),
      { cause },
    );
  }
}

/**
 * The base model named by an adapter: an ID on a hub or a path; null if it names none.
 * @throws ModelError when it is not a LoRA
 */
export function adapterBase(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): string | null {
  return readAdapterConfig(required(files, PEFT_CONFIG)).base_model_name_or_path ?? null;
}

/**
 * SHA-256 of the weights that an adapter was trained on, hex; null if its files do not say (PEFT's own, and
 * those of earlier versions).
 */
export function adapterBaseHash(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): string | null {
  return parseSafetensors(required(files, PEFT_WEIGHTS), PEFT_WEIGHTS).metadata[BASE_HASH] ?? null;
}

/**
 * The recipe settings that an adapter requires.
 * @throws ModelError when it is not a LoRA, or adapts nothing of this model.
 */
export function adapterRecipe(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  config: DecoderConfig,
): Pick<RunSpec['lora'], 'rank' | 'alpha' | 'targets' | 'firstLayer'> {
  const lora = readAdapterConfig(required(files, PEFT_CONFIG));
  const { tensors } = parseSafetensors(required(files, PEFT_WEIGHTS), PEFT_WEIGHTS);
  const present = allModules(config).filter((module) => tensors.has(moduleKeys(module).a));
  if (present.length === 0) {
    throw new ModelError(
      t('{file} adapts none of this model’s projections.', { file: PEFT_WEIGHTS }),
      t('Use an adapter of this base model, saved by PEFT with save_pretrained.'),
    );
  }
  const targets = PROJECTIONS.filter((projection) =>
    present.some(({ parts }) => parts.some((part) => part.projection === projection)),
  );
  return { rank: lora.r, alpha: lora.lora_alpha, targets, firstLayer: Math.min(...present.map(({ layer }) => layer)) };
}

const configSchema = z.looseObject({
  peft_type: z.literal('LORA', 'must be LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  base_model_name_or_path: cutLine(PATH).nullish(),
  bias: z.literal('none', 'must be none').default('none'),
  use_dora: z.literal(false, 'must be false').nullish(),
  use_rslora: z.literal(false, 'must be false').nullish(),
  modules_to_save: z
    .null('must be null')
    .or(z.array(z.never('must be empty')))
    .optional(),
  rank_pattern: z.record(verbatim(), z.number()).nullish(),
  alpha_pattern: z.record(verbatim(), z.number()).nullish(),
});
type AdapterConfig = z.infer<typeof configSchema>;

function readAdapterConfig(bytes: Uint8Array): AdapterConfig {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelError(t('{file} is not JSON.', { file: PEFT_CONFIG }), t('Export the adapter again.'), { cause });
  }
  const parsed = configSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ModelError(
    t('{file} is not one of a plain LoRA ({problems}).', { file: PEFT_CONFIG, problems: problems.join('; ') }),
    t('Use a LoRA adapter without extras.'),
  );
}

interface Block {
  readonly firstRow: number;
  readonly rows: number;
  /** Columns of the whole matrix. */
  readonly rank: number;
  readonly part: number;
  /** Columns of the block. */
  readonly width: number;
}

function cutBlock(whole: Float32Array, { firstRow, rows, rank, part, width }: Block): Float32Array {
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const at = (firstRow + row) * rank + part * width;
    data.set(whole.subarray(at, at + width), row * width);
  }
  return data;
}

/** Anything outside the blocks of a stacked B would be lost. */
function checkBlocks(whole: Float32Array, { path, parts }: Module, rank: number, width: number): void {
  if (parts.length === 1) return;
  const inside = new Set<number>();
  parts.forEach(({ firstRow, rows }, part) => {
    for (let row = 0; row < rows; row += 1)
      for (let c = 0; c < width; c += 1) inside.add((firstRow + row) * rank + part * width + c);
  });
  if (whole.some((value, index) => value !== 0 && !inside.has(index))) {
    throw new ModelError(
      t('The adapter of {path} mixes the projections that are stacked in it.', { path }),
      t('Only adapters that were exported here fit; others share one low-rank input among them.'),
    );
  }
}

function checkScale(lora: AdapterConfig, { path, parts }: Module, layout: ParameterLayout): void {
  const matching = (pattern: Readonly<Record<string, number>> | null | undefined, other: number): number =>
    Object.entries(pattern ?? {}).find(([name]) => path === name || path.endsWith(`.${name}`))?.[1] ?? other;
  const rank = matching(lora.rank_pattern, lora.r);
  const scale = matching(lora.alpha_pattern, lora.lora_alpha) / rank;
  if (rank === parts.length * layout.loraRank && Math.abs(scale - layout.loraScale) <= 1e-6 * layout.loraScale) return;
  throw new ModelError(
    t('The adapter has rank {rank} and scale {scale} at {path}; the recipe says {loraRank} and {loraScale}.', {
      rank,
      scale,
      path,
      loraRank: parts.length * layout.loraRank,
      loraScale: layout.loraScale,
    }),
    t('Set rank and alpha of the recipe to the adapter’s.'),
  );
}

function checkTensors(found: readonly string[], modules: readonly Module[]): void {
  const wanted = new Set(modules.flatMap((module) => Object.values(moduleKeys(module))));
  const missing = [...wanted].filter((name) => !found.includes(name));
  const surplus = found.filter((name) => !wanted.has(name));
  if (missing.length + surplus.length === 0) return;
  const say = (text: Message, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [t(text, { name: names[0]!, n: names.length - 1 })];
  throw new ModelError(
    t('{file} does not fit the recipe: {differences}.', {
      file: PEFT_WEIGHTS,
      differences: [...say(LACKS, missing), ...say(HAS, surplus)].join('; '),
    }),
    t('Set targets and first layer of the recipe’s LoRA to the adapter’s, and use its base model.'),
  );
}

function required(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, name: string): Uint8Array<ArrayBuffer> {
  const bytes = files.get(name);
  if (bytes === undefined)
    throw new ModelError(t('The adapter has no {name}.', { name }), t('Use the complete folder that PEFT wrote.'));
  return bytes;
}
