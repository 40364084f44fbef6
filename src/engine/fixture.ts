/** Reads the fixtures that python/oracle/make_fixtures.py writes, for tests in Node and in the browser. */
import { codeSizes } from '../recipe/codeIndex';
import { runSpecSchema, type ArmSpec, type RunSpec } from '../recipe/runSpec';
import { storedWeights } from '../model/decoderTensors';
import type { TensorSource } from '../model/weightSource';
import { readConfig } from '../model/readConfig';
import { parseSafetensors, readFloatTensor, type SafetensorsFile } from '../model/safetensors';
import type { TermId } from '../recipe/terms';
import type { FilledInputs } from './engineInputs';
import type { ParameterLayout } from './parameters';
import type { EncodedExample } from './decoder/sequence';

interface FixtureJson {
  readonly model: string;
  readonly spec: Pick<RunSpec, 'lora' | 'objective' | 'training'> & { readonly arm: ArmSpec };
  readonly items: number;
  readonly titles: readonly (readonly number[])[];
  /** Only in cases with popularity or candidates that can be right. */
  readonly counts?: readonly number[];
  readonly codes?: readonly (readonly number[])[];
  readonly batch: readonly EncodedExample[];
  readonly losses: Losses;
  readonly losses2: Losses;
  readonly gradNorm: number;
  readonly gradNorm2: number;
  readonly learningRates: readonly [number, number];
}

interface Losses extends Readonly<Record<TermId, number | null>> {
  readonly total: number;
  readonly action: number;
}

export interface Fixture {
  readonly json: FixtureJson;
  readonly inputs: FilledInputs;
  readonly batch: readonly EncodedExample[];
  readonly arm: ArmSpec;
  /** @throws ModelError when no fixture has that name */
  tensor(name: string): Float32Array;
  has(name: string): boolean;
}

/** Files of a case: its JSON and safetensors, and those of its model's folder. */
export interface EngineFixtureFiles {
  readonly json: string;
  readonly expected: Uint8Array<ArrayBuffer>;
  /** `models/<model>/config.json`, `model.safetensors` and `base.safetensors`. */
  readonly config: string;
  readonly weights: Uint8Array<ArrayBuffer>;
  readonly base: Uint8Array<ArrayBuffer>;
}

/** Paths of a case's files, under python/fixtures. */
export function fixturePaths(name: string): Readonly<Record<keyof EngineFixtureFiles, string>> {
  const model = `models/${name.split('-')[0] ?? ''}`;
  return {
    json: `${name}.json`,
    expected: `${name}.safetensors`,
    config: `${model}/config.json`,
    weights: `${model}/model.safetensors`,
    base: `${model}/base.safetensors`,
  };
}

export function readFixture(files: EngineFixtureFiles): Fixture {
  const json = JSON.parse(files.json) as FixtureJson;
  const config = readConfig(JSON.parse(files.config));
  const base = parseSafetensors(files.base, 'the features');
  const expected = parseSafetensors(files.expected, 'the fixture');
  const take = (file: SafetensorsFile, name: string): Float32Array =>
    readFloatTensor(file, name, file.tensors.get(name)?.shape ?? []);
  const spec = runSpecSchema.parse({ version: 1, ...json.spec, arms: [json.spec.arm] });
  return {
    json,
    batch: json.batch,
    arm: spec.arms[0]!,
    inputs: {
      config,
      weights: storedWeights(tensorSource(parseSafetensors(files.weights, 'the fixture model')), config),
      features: {
        hidden: take(base, 'features.hidden'),
        title: take(base, 'features.title'),
        ...(json.codes && { codes: { sizes: codeSizes(spec.objective), codes: Uint32Array.from(json.codes.flat()) } }),
      },
      items: json.items,
      titleTokens: json.titles,
      spec: { ...spec, training: { ...spec.training, batchSize: json.batch.length } },
      maxExposed: Math.max(
        ...json.batch.flatMap(({ exposed, historyExposed = [] }) => [exposed, ...historyExposed].map(({ length }) => length)),
      ),
      maxQueryTokens: Math.max(...json.batch.map((example) => example.query.length)),
      maxEarlier: Math.max(0, ...json.batch.map(({ earlier }) => earlier?.length ?? 0)),
      counts: json.counts,
      imageSize: Math.max(0, ...json.batch.map(({ image }) => image?.v.length ?? 0)),
    },
    tensor: (name) => take(expected, name),
    has: (name) => expected.tensors.has(name),
  };
}

/** A file in memory as a source of weights. */
export function tensorSource(file: SafetensorsFile): TensorSource {
  return {
    has: (tensor) => file.tensors.has(tensor),
    read: (tensor, shape, begin, end) => readFloatTensor(file, tensor, shape).subarray(begin, end),
  };
}

/** The same case with other training settings. */
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
