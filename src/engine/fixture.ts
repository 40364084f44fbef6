/** Reads the fixtures that reference/make_fixtures.py writes, for tests in Node and in the browser alike. */
import { runSpecSchema, type ArmSpec, type RunSpec } from '../spec/runSpec';
import type { BlockWeights, DecoderConfig } from '../model/decoderConfig';
import { parseSafetensors, readFloatTensor, type SafetensorsFile } from '../model/safetensors';
import type { EngineInputs } from './engine';
import type { ParameterLayout } from './parameters';
import type { EncodedExample } from './sequence';

interface FixtureJson {
  readonly model: string;
  readonly config: DecoderConfig;
  readonly spec: Pick<RunSpec, 'lora' | 'objective' | 'training'> & { readonly arm: ArmSpec };
  readonly items: number;
  readonly titles: readonly (readonly number[])[];
  readonly batch: readonly EncodedExample[];
  readonly losses: Losses;
  readonly losses2: Losses;
  readonly gradNorm: number;
  readonly gradNorm2: number;
  readonly learningRates: readonly [number, number];
}

interface Losses {
  readonly total: number;
  readonly action: number;
  readonly gen: number | null;
  readonly rec: number | null;
}

export interface Fixture {
  readonly json: FixtureJson;
  readonly inputs: EngineInputs;
  readonly batch: readonly EncodedExample[];
  readonly arm: ArmSpec;
  tensor(name: string): Float32Array;
}

/** @param files the case's JSON text, its safetensors, and the safetensors of its model */
export function readFixture(files: {
  readonly json: string;
  readonly expected: Uint8Array<ArrayBuffer>;
  readonly model: Uint8Array<ArrayBuffer>;
}): Fixture {
  const json = JSON.parse(files.json) as FixtureJson;
  const model = parseSafetensors(files.model, 'the fixture model');
  const expected = parseSafetensors(files.expected, 'the fixture');
  const take = (file: SafetensorsFile, name: string): Float32Array =>
    readFloatTensor(file, name, file.tensors.get(name)?.shape ?? []);
  const weight = (name: string): Float32Array => take(model, name);
  const block = (layer: number): BlockWeights => {
    const of = (name: string): Float32Array => weight(`model.layers.${layer}.${name}.weight`);
    return {
      inputNorm: of('input_layernorm'),
      q: of('self_attn.q_proj'),
      k: of('self_attn.k_proj'),
      v: of('self_attn.v_proj'),
      o: of('self_attn.o_proj'),
      postNorm: of('post_attention_layernorm'),
      gate: of('mlp.gate_proj'),
      up: of('mlp.up_proj'),
      down: of('mlp.down_proj'),
    };
  };
  const spec = runSpecSchema.parse({ ...json.spec, arms: [json.spec.arm] });
  return {
    json,
    batch: json.batch,
    arm: json.spec.arm,
    inputs: {
      config: json.config,
      weights: {
        embedding: weight('model.embed_tokens.weight'),
        blocks: Array.from({ length: json.config.layers }, (_, layer) => block(layer)),
        finalNorm: weight('model.norm.weight'),
      },
      features: { hidden: weight('features.hidden'), title: weight('features.title') },
      items: json.items,
      titleTokens: json.titles,
      spec: { ...spec, training: { ...spec.training, batchSize: json.batch.length } },
      maxExposed: Math.max(...json.batch.map((example) => example.exposed.length)),
      maxQueryTokens: Math.max(...json.batch.map((example) => example.query.length)),
    },
    tensor: (name) => take(expected, name),
  };
}

/** The same case under other training settings. */
export function withTraining(fixture: Fixture, change: Partial<RunSpec['training']>): Fixture {
  const { inputs } = fixture;
  const training = { ...inputs.spec.training, ...change };
  return { ...fixture, inputs: { ...inputs, spec: { ...inputs.spec, training } } };
}

/** `prefix.<parameter>` of a fixture as one flat buffer. */
export function flatParameters(fixture: Fixture, prefix: string, layout: ParameterLayout): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const slot of layout.slots.values()) flat.set(fixture.tensor(`${prefix}.${slot.name}`), slot.offset);
  return flat;
}

/** Largest |got − expected| of a parameter relative to its largest |expected|; 0 when both are all zero. */
export function relativeError(got: Float32Array, expected: Float32Array): number {
  let scale = 0;
  let error = 0;
  expected.forEach((value, index) => {
    scale = Math.max(scale, Math.abs(value));
    error = Math.max(error, Math.abs(value - (got[index] ?? NaN)));
  });
  if (Number.isNaN(error)) return Infinity;
  return scale === 0 ? error : error / scale;
}
