/** Adapters in PEFT's layout: loaded into the PyTorch reference by PEFT's own rules, and back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureFiles } from '../../testing/fixtureModels';
import { forkRandom } from '../../log/random';
import type { Gpu } from '../../gpu/device';
import { sharedGpu } from '../../testing/sharedGpu';
import type { DecoderConfig } from '../../model/decoderConfig';
import { storedWeights } from '../../model/decoderTensors';
import { writeSafetensors } from '../../model/safetensors';
import type { WeightSource } from '../../model/weightSource';
import { DEFAULT_ARMS, PROJECTIONS, runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import { BaseModel } from '../decoder/baseModel';
import { tensorSource } from '../fixture';
import { layOutParameters } from '../parameters';
import type { TrainedArm } from '../trainedArm';
import { hasModules, runPython } from '../../testing/python';
import { HEADS_FILE, PEFT_CONFIG, PEFT_WEIGHTS } from './modules';
import { adapterRecipe, readAdapter } from './read';
import { writeAdapter, type AdapterFile } from './write';

const REFERENCE = path.resolve('python');
const hasPyTorch = await hasModules('torch', 'safetensors');
const modelFolder = (name: string): string => path.join(REFERENCE, 'fixtures/models', name);

let gpu: Gpu;
let scratch: string;
beforeAll(async () => {
  gpu = await sharedGpu();
  scratch = mkdtempSync(path.join(tmpdir(), 'karma-peft-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

interface Model {
  readonly config: DecoderConfig;
  readonly weights: WeightSource;
}

function readModel(name: string): Model {
  const { config, checkpoint } = fixtureFiles(name);
  return { config, weights: storedWeights(tensorSource(checkpoint), config) };
}

/** An arm whose parameters are all noise, including B matrices. */
function noisyArm(config: DecoderConfig, lora: Partial<RunSpec['lora']>): { readonly arm: TrainedArm; readonly spec: RunSpec } {
  const objective = { embeddingSize: 8, itemInput: 'title+hidden+id', itemOutput: 'content+id' };
  const spec = runSpecSchema.parse({ version: 1, lora: { rank: 3, alpha: 5, ...lora }, objective });
  const layout = layOutParameters(config, spec, { items: 5 });
  expect([layout.slots.has('u'), layout.slots.has('z')]).toEqual([true, true]);
  const random = forkRandom(1, 'noisy arm');
  const flat = new Float32Array(layout.size);
  for (const { offset, rows, columns } of layout.slots.values()) {
    for (let i = 0; i < rows * columns; i++) flat[offset + i] = 0.3 * random.normal();
  }
  return { arm: { spec: DEFAULT_ARMS[1]!, step: 7, layout, flat }, spec };
}

const asMap = (files: readonly AdapterFile[]): Map<string, AdapterFile['bytes']> =>
  new Map(files.map(({ name, bytes }) => [name, bytes]));

const CASES = [
  ['even', {}],
  ['odd', { targets: ['q_proj', 'v_proj', 'down_proj'], firstLayer: 1 }],
  ['qwen3', {}],
  ['gemma3', {}],
  ['gpt2', { targets: ['q_proj', 'v_proj', 'o_proj', 'up_proj', 'down_proj'] }],
] as const satisfies readonly (readonly [string, Partial<RunSpec['lora']>])[];

describe.each(CASES)('an adapter of the model %s, %o', (name, lora) => {
  it('gives the same logits in PyTorch, with no tensor missing and none left over', async ({ skip }) => {
    skip(!hasPyTorch, 'there is no PyTorch here');
    const { config, weights } = readModel(name);
    const { arm, spec } = noisyArm(config, { ...lora });
    const folder = mkdtempSync(path.join(scratch, `${name}-`));
    for (const file of writeAdapter(arm, { config, id: name, revision: 'main', hash: 'ab'.repeat(32) }, spec.lora)) {
      writeFileSync(path.join(folder, file.name), file.bytes);
    }
    const ids = [1, 5, 2, 9, 9, 3, 17, 0];
    const model = await BaseModel.create(gpu, { config, weights }, { capacity: ids.length, arm });
    const base = await BaseModel.create(gpu, { config, weights }, { capacity: ids.length });
    const [logits, without] = [await model.logits(ids), await base.logits(ids)];
    model.destroy();
    base.destroy();
    expect(Math.max(...logits.map((value, i) => Math.abs(value - without[i]!)))).toBeGreaterThan(0.1);
    const rows = ids.map((_, row) => [...logits.subarray(row * config.vocabulary, (row + 1) * config.vocabulary)]);
    const expected = path.join(folder, 'expected.json');
    writeFileSync(expected, JSON.stringify({ ids, logits: rows }));
    const run = await runPython('oracle.check_adapter', [modelFolder(name), folder, expected]);
    expect(run.stderr).toBe('');
    const answer = JSON.parse(run.stdout.toString()) as {
      modules: number;
      missing: string[];
      unexpected: string[];
      error: number;
    };
    console.info(`${name}: ${answer.modules} modules, largest difference ${answer.error.toExponential(1)} of the largest logit`);
    expect(answer).toMatchObject({ missing: [], unexpected: [] });
    expect(answer.error).toBeLessThan(1e-4);
    expect(run.status).toBe(0);
  });
});

describe('reading an adapter', () => {
  const from = (name: string, lora: Partial<RunSpec['lora']>) => {
    const { config } = readModel(name);
    const { arm, spec } = noisyArm(config, lora);
    return {
      config,
      arm,
      files: asMap(writeAdapter(arm, { config, id: name, revision: 'main', hash: 'ab'.repeat(32) }, spec.lora)),
    };
  };
  const zeros = ({ layout }: TrainedArm): Float32Array => new Float32Array(layout.size);

  it.each(['even', 'gpt2', 'gemma3', 'qwen3'])('restores every parameter of %s', (name) => {
    const { config } = readModel(name);
    const targets = config.gated ? [...PROJECTIONS] : PROJECTIONS.filter((projection) => projection !== 'gate_proj');
    const { arm, files } = from(name, { targets });
    expect(readAdapter(files, config, arm.layout, zeros(arm))).toEqual(arm.flat);
    expect(adapterRecipe(files, config)).toEqual({ rank: 3, alpha: 5, targets, firstLayer: 0 });
  });

  it.each([
    ['local:my-model', null, 'my-model', '(weights SHA-256'],
    ['organisation/name', 'c0ffee', 'organisation/name', '(revision c0ffee, weights SHA-256'],
  ])('names the model that was loaded, %s at %s', (id, revision, name, words) => {
    const { config } = readModel('even');
    const { arm, spec } = noisyArm(config, {});
    const written = asMap(writeAdapter(arm, { config, id, revision, hash: 'ab'.repeat(32) }, spec.lora));
    const text = (file: string): string => new TextDecoder().decode(written.get(file));
    expect(JSON.parse(text(PEFT_CONFIG))).toMatchObject({ base_model_name_or_path: name, revision });
    expect(text('README.md')).toContain(`A LoRA adapter for ${name} ${words} ${'ab'.repeat(32)})`);
  });

  it('names the layers if not all are adapted', () => {
    const { config, arm, files } = from('odd', { firstLayer: 1, targets: ['k_proj'] });
    const json = JSON.parse(new TextDecoder().decode(files.get(PEFT_CONFIG))) as Record<string, unknown>;
    expect(json).toMatchObject({ target_modules: ['k_proj'], layers_to_transform: [1], layers_pattern: 'layers' });
    expect(adapterRecipe(files, config)).toMatchObject({ targets: ['k_proj'], firstLayer: 1 });
    expect(readAdapter(files, config, arm.layout, zeros(arm))).toEqual(arm.flat);
  });

  it('keeps the given heads if the adapter has none', () => {
    const { config, arm, files } = from('even', {});
    files.delete(HEADS_FILE);
    const read = readAdapter(files, config, arm.layout, zeros(arm));
    const head = arm.layout.slots.get('w_o')!;
    expect(read.subarray(head.offset, head.offset + 8).every((value) => value === 0)).toBe(true);
    const a = arm.layout.slots.get('lora.0.q_proj.A')!;
    expect(read[a.offset]).toBe(arm.flat[a.offset]);
  });

  it('refuses what does not fit, and says why', () => {
    const { config, arm, files } = from('even', {});
    const read = (changed: Map<string, AdapterFile['bytes']>): Float32Array =>
      readAdapter(changed, config, arm.layout, zeros(arm));
    const configured = (change: Record<string, unknown>): Map<string, AdapterFile['bytes']> => {
      const json = { ...(JSON.parse(new TextDecoder().decode(files.get(PEFT_CONFIG))) as object), ...change };
      return new Map([...files, [PEFT_CONFIG, new TextEncoder().encode(JSON.stringify(json))]]);
    };
    expect(() => read(configured({ peft_type: 'LOHA' }))).toThrow('peft_type: must be LORA');
    expect(() => read(configured({ r: 4 }))).toThrow('has rank 4');
    expect(() => read(configured({ use_dora: true }))).toThrow('use_dora: must be false');
    expect(() => read(new Map([[PEFT_CONFIG, files.get(PEFT_CONFIG)!]]))).toThrow(`no ${PEFT_WEIGHTS}`);
    const other = { 'base_model.model.x.lora_A.weight': { shape: [1], data: Float32Array.of(1) } };
    expect(() => read(new Map([...files, [PEFT_WEIGHTS, writeSafetensors(other)]]))).toThrow(
      /it lacks .* and \d+ more; it has base_model.model.x/,
    );
  });
});
