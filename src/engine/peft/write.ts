/** An arm's adapter as files in PEFT's layout. */
import type { DecoderConfig } from '../../model/decoderConfig';
import { familyNamed } from '../../model/family';
import { modelName } from '../../model/modelOrigin';
import { writeSafetensors, type FloatTensor } from '../../model/safetensors';
import type { RunSpec } from '../../recipe/runSpec';
import { lambdaOf, TERM_IDS } from '../../recipe/terms';
import { trainedParameter, type TrainedArm } from '../trainedArm';
import { adaptedModules, BASE_HASH, headNames, HEADS_FILE, moduleKeys, PEFT_CONFIG, PEFT_WEIGHTS, type Module } from './modules';
import { t } from '../../words/words';
import { onOneLine } from '../../recipe/texts';

export interface AdapterFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The model that an adapter belongs to. */
export interface AdapterBase {
  readonly config: DecoderConfig;
  readonly id: string;
  /**
   * What was loaded from a hub: its commit if known, else the recipe's revision; null for a model from
   * elsewhere.
   */
  readonly revision: string | null;
  /** SHA-256 of its weights, hex. */
  readonly hash: string;
}

/**
 * Writes an arm's adapter.
 * @param lora the arm's own, which may be smaller than its layout's
 * @throws Error when no projection is adapted
 */
export function writeAdapter(arm: TrainedArm, base: AdapterBase, lora: RunSpec['lora']): AdapterFile[] {
  const modules = adaptedModules(base.config, arm.layout).filter(({ layer }) => layer >= lora.firstLayer);
  if (modules.length === 0) throw new RangeError(t('This arm adapts no projection, so there is no LoRA to export.'));
  const matrices: Record<string, FloatTensor> = {};
  for (const module of modules) {
    const { a, b } = moduleKeys(module);
    matrices[a] = stackA(arm, module, lora.rank);
    matrices[b] = blockB(arm, module, lora.rank);
  }
  const heads: Record<string, FloatTensor> = {};
  for (const name of headNames(arm.layout)) heads[name] = trainedParameter(arm, name);
  const { spec, step } = arm;
  const notes = { format: 'pt', arm: spec.label, step: String(step), [BASE_HASH]: base.hash };
  return [
    { name: PEFT_CONFIG, bytes: encode(JSON.stringify(adapterConfig(modules, base, lora), null, 2)) },
    { name: PEFT_WEIGHTS, bytes: writeSafetensors(matrices, notes) },
    { name: HEADS_FILE, bytes: writeSafetensors(heads, notes) },
    { name: 'README.md', bytes: encode(modelCard(arm, base)) },
  ];
}

function adapterConfig(modules: readonly Module[], base: AdapterBase, lora: RunSpec['lora']): Record<string, unknown> {
  const { tensors } = familyNamed(base.config.family);
  const stacked = modules
    .filter(({ parts }) => parts.length > 1)
    .map((module) => [targetName(module, modules), module.parts.length] as const);
  const layers = [...new Set(modules.map(({ layer }) => layer))].sort((a, b) => a - b);
  const pattern = /(\w+)\.\{layer\}/.exec(tensors.block.inputNorm as string)?.[1];
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: modelName(base.id),
    revision: base.revision,
    inference_mode: true,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: tensors.transposed,
    init_lora_weights: true,
    use_dora: false,
    use_rslora: false,
    modules_to_save: null,
    target_modules: [...new Set(modules.map((module) => targetName(module, modules)))],
    ...(layers.length === base.config.layers ? {} : { layers_to_transform: layers, layers_pattern: pattern }),
    rank_pattern: Object.fromEntries(stacked.map(([name, parts]) => [name, parts * lora.rank])),
    alpha_pattern: Object.fromEntries(stacked.map(([name, parts]) => [name, parts * lora.alpha])),
  };
}

/** The shortest suffix of a module's path that matches only modules of its kind; PEFT compares suffixes. */
function targetName({ path, parts }: Module, modules: readonly Module[]): string {
  const words = path.split('.');
  const same = parts.map(({ projection }) => projection).join();
  for (let count = 1; count < words.length; count += 1) {
    const name = words.slice(-count).join('.');
    const others = modules.filter((other) => other.path.endsWith(`.${name}`));
    if (others.every((other) => other.parts.map(({ projection }) => projection).join() === same)) return name;
  }
  return path;
}

function stackA(arm: TrainedArm, { parts, layer, inputs }: Module, rank: number): FloatTensor {
  const data = new Float32Array(parts.length * rank * inputs);
  parts.forEach(({ projection }, part) => {
    const a = trainedParameter(arm, `lora.${layer}.${projection}.A`).data;
    data.set(a.subarray(0, rank * inputs), part * rank * inputs);
  });
  return { shape: [parts.length * rank, inputs], data };
}

function blockB(arm: TrainedArm, { parts, layer, outputs }: Module, width: number): FloatTensor {
  const stride = arm.layout.loraRank;
  const rank = parts.length * width;
  const data = new Float32Array(outputs * rank);
  parts.forEach(({ projection, firstRow, rows }, part) => {
    const b = trainedParameter(arm, `lora.${layer}.${projection}.B`).data;
    for (let row = 0; row < rows; row += 1) {
      data.set(b.subarray(row * stride, row * stride + width), (firstRow + row) * rank + part * width);
    }
  });
  return { shape: [outputs, rank], data };
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function modelCard({ spec, step }: TrainedArm, base: AdapterBase): string {
  const { revision, hash } = base;
  const id = onOneLine(modelName(base.id));
  const lambdas = TERM_IDS.map((term) => `λ_${term} = ${lambdaOf(spec, term)}`).join(', ');
  return `---
base_model: ${id}
library_name: peft
---
# ${onOneLine(spec.label)}, step ${step}

A LoRA adapter for ${id} (${revision === null ? '' : `revision ${revision}, `}weights SHA-256 ${hash}), trained in KARMA Playground on next-item prediction with ${lambdas}.

- \`${PEFT_CONFIG}\`, \`${PEFT_WEIGHTS}\`: PEFT's own files; \`PeftModel.from_pretrained(base, folder)\` loads them.
- \`${HEADS_FILE}\`: input projection, trainable vectors, interest, item and decoding heads, free item embeddings if any, by the names of docs/method.md. PEFT leaves it
  alone; recommending needs it, generating text does not.
`;
}
