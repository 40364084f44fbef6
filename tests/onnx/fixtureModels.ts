/** The tiny random models of reference/fixtures/models, one of every family and more, and adapters for them. */
import { readdirSync, readFileSync } from 'node:fs';
import { forkRandom } from '../../src/data/random';
import { tensorSource } from '../../src/engine/fixture';
import { LINEAR_ROLES, type DecoderConfig, type DecoderWeights } from '../../src/model/decoderConfig';
import { readWeights } from '../../src/model/decoderTensors';
import { projectionShape, type LoraAdapter } from '../../src/model/lora';
import { readConfig } from '../../src/model/readConfig';
import { parseSafetensors } from '../../src/model/safetensors';

const FOLDER = new URL('../../reference/fixtures/models/', import.meta.url);

export const FIXTURE_MODELS: readonly string[] = readdirSync(FOLDER);

export interface FixtureModel {
  /** The parsed config.json. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: DecoderConfig;
  readonly weights: DecoderWeights;
}

export async function fixtureModel(name: string): Promise<FixtureModel> {
  const file = (path: string) => readFileSync(new URL(`${name}/${path}`, FOLDER));
  const json = JSON.parse(file('config.json').toString()) as Record<string, unknown>;
  const config = readConfig(json);
  const checkpoint = parseSafetensors(Uint8Array.from(file('model.safetensors')), name);
  return { json, config, weights: await readWeights(tensorSource(checkpoint), config) };
}

/** Random matrices of size 1 in every projection from `firstLayer` on. */
export function randomAdapter(config: DecoderConfig, { rank = 3, scale = 1.5, seed = 0, firstLayer = 0 } = {}): LoraAdapter {
  const random = forkRandom(seed, 'adapter');
  const draw = (count: number, width: number) => Float32Array.from({ length: count }, () => random.normal() / Math.sqrt(width));
  const pairs = Array.from({ length: config.layers }, (_, layer) =>
    LINEAR_ROLES.filter((role) => layer >= firstLayer && (role !== 'gate' || config.gated)).map((role) => {
      const [out, inputs] = projectionShape(config, role);
      return { layer, role, a: draw(rank * inputs, inputs), b: draw(out * rank, rank) };
    }),
  );
  return { scale, pairs: pairs.flat() };
}
