/**
 * Adapters in the folder layout of Hugging Face PEFT (https://huggingface.co/docs/peft, `LoraConfig` and
 * `PeftModel.save_pretrained`): `adapter_config.json` and `adapter_model.safetensors`, with our projection
 * heads beside them in a file that PEFT ignores. If a family stacks projections in one tensor (GPT-2's
 * c_attn), their matrices become one adapter of summed rank: A stacked, B block-diagonal, alpha scaled
 * likewise, so that alpha / r stays the same.
 */
import type { DecoderConfig } from '../../model/decoderConfig';
import { linearTensors, type LinearTensor } from '../../model/decoderTensors';
import { PROJECTIONS, type Projection } from '../../recipe/runSpec';
import { projectionRows, roleOf, type ParameterLayout } from '../parameters';

export const PEFT_CONFIG = 'adapter_config.json';
export const PEFT_WEIGHTS = 'adapter_model.safetensors';
/** Everything trained except LoRA matrices, under the names of docs/method.md. */
export const HEADS_FILE = 'karma_heads.safetensors';
/** Key of the safetensors metadata: SHA-256 of the weights that an adapter was trained on, hex. */
export const BASE_HASH = 'base_hash';

/** One adapted tensor of the checkpoint. */
export interface Module {
  /** As in the checkpoint, without `.weight`. */
  readonly path: string;
  readonly layer: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly parts: readonly { readonly projection: Projection; readonly firstRow: number; readonly rows: number }[];
}

/** Names of a module's two matrices in the file. */
export function moduleKeys({ path }: Module): { readonly a: string; readonly b: string } {
  return { a: `base_model.model.${path}.lora_A.weight`, b: `base_model.model.${path}.lora_B.weight` };
}

/** All modules that could be adapted. */
export function allModules(config: DecoderConfig): Module[] {
  const rows = projectionRows(config);
  const toModule = ({ name, layer, roles, columns }: LinearTensor): Module => {
    let firstRow = 0;
    const parts = roles.map((role) => {
      const projection = PROJECTIONS.find((one) => roleOf(one) === role)!;
      const part = { projection, firstRow, rows: rows[projection] };
      firstRow += part.rows;
      return part;
    });
    return { path: name.replace(/\.weight$/, ''), layer, inputs: columns, outputs: firstRow, parts };
  };
  return linearTensors(config).map(toModule);
}

/** Modules that the layout adapts at least in part, with only these parts. */
export function adaptedModules(config: DecoderConfig, layout: ParameterLayout): Module[] {
  return allModules(config).flatMap((module) => {
    const parts = module.parts.filter(({ projection }) => layout.slots.has(`lora.${module.layer}.${projection}.A`));
    return parts.length === 0 ? [] : [{ ...module, parts }];
  });
}

/** Parameters other than LoRA matrices. */
export function headNames(layout: ParameterLayout): string[] {
  return [...layout.slots.keys()].filter((name) => !name.startsWith('lora.'));
}
