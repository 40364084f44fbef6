/** The tiny random models of python/fixtures/models, at least one per family, and adapters for them. */
import { readdirSync, readFileSync } from 'node:fs';
import { forkRandom } from '../log/random';
import { tensorSource } from '../engine/fixture';
import { LINEAR_ROLES, type DecoderConfig, type DecoderWeights } from '../model/decoderConfig';
import { blockShapes, readWeights, wholeWeights } from '../model/decoderTensors';
import { mergedWeights, projectionShape, type LoraAdapter } from '../model/lora';
import { readConfig } from '../model/readConfig';
import { parseSafetensors, readFloatTensor, type SafetensorsFile } from '../model/safetensors';
import { heldWeights } from '../model/weightSource';

const FOLDER = new URL('../../python/fixtures/models/', import.meta.url);

export const FIXTURE_MODELS: readonly string[] = readdirSync(FOLDER);

export interface ModelFixtureFiles {
  /** The parsed config.json. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: DecoderConfig;
  readonly checkpoint: SafetensorsFile;
  /** The config as the reference, which generates no text, resolves it, and a prompt. */
  readonly base: { readonly config: Omit<DecoderConfig, 'endIds'>; readonly prompt: readonly number[] };
  /**
   * The reference's result for the prompt: `logits`, `hidden` or `attention`, checked against a shape if one
   * is given.
   */
  readonly expected: (tensor: string, shape?: readonly number[]) => Float32Array;
  /** Texts for a probe decoder, and the reference's results: `z`, `w`, `b`, `nll`, `grad.w`, `grad.b`. */
  readonly probe: { readonly texts: readonly (readonly number[])[]; readonly tensor: (name: string) => Float32Array };
}

export function fixtureFiles(name: string): ModelFixtureFiles {
  const file = (path: string) => Uint8Array.from(readFileSync(new URL(`${name}/${path}`, FOLDER)));
  const json = (path: string): unknown => JSON.parse(new TextDecoder().decode(file(path)));
  const config = json('config.json') as ModelFixtureFiles['json'];
  const read = (path: string): ModelFixtureFiles['expected'] => {
    const stored = parseSafetensors(file(path), path);
    return (tensor, shape = stored.tensors.get(tensor)?.shape ?? []) => readFloatTensor(stored, tensor, shape);
  };
  return {
    json: config,
    config: readConfig(config),
    checkpoint: parseSafetensors(file('model.safetensors'), 'model.safetensors'),
    base: json('base.json') as ModelFixtureFiles['base'],
    expected: read('base.safetensors'),
    probe: { ...(json('probe.json') as Pick<ModelFixtureFiles['probe'], 'texts'>), tensor: read('probe.safetensors') },
  };
}

export interface FixtureModel extends Pick<ModelFixtureFiles, 'json' | 'config'> {
  readonly weights: DecoderWeights;
}

export async function fixtureModel(name: string): Promise<FixtureModel> {
  const { json, config, checkpoint } = fixtureFiles(name);
  return { json, config, weights: await readWeights(tensorSource(checkpoint), config) };
}

/** Random matrices of size 1 in every projection from `firstLayer` on. */
export function randomAdapter(config: DecoderConfig, { rank = 3, scale = 1.5, seed = 0, firstLayer = 0 } = {}): LoraAdapter {
  const random = forkRandom(seed, 'adapter');
  const draw = (count: number, width: number) => Float32Array.from({ length: count }, () => random.normal() / Math.sqrt(width));
  const pairs = Array.from({ length: config.layers }, (_, layer) =>
    LINEAR_ROLES.filter((role) => layer >= firstLayer && blockShapes(config).has(role)).map((role) => {
      const [out, inputs] = projectionShape(config, role);
      return { layer, role, a: draw(rank * inputs, inputs), b: draw(out * rank, rank) };
    }),
  );
  return { scale, pairs: pairs.flat() };
}

/** The weights with an adapter merged into them. */
export function mergeAdapter(config: DecoderConfig, weights: DecoderWeights, adapter: LoraAdapter): Promise<DecoderWeights> {
  return wholeWeights(mergedWeights(config, heldWeights(weights), adapter), config);
}
