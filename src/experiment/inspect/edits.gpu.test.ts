/**
 * Operations on tiny models of several families against PyTorch: edits, attention and interest embeddings.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Engine } from '../../engine/engine';
import { packHistories } from '../../engine/decoder/sequence';
import { flatParameters, relativeError } from '../../engine/fixture';
import { Evaluator } from '../../engine/ranking/evaluator';
import { EditedKeys, type KeyEdits } from '../../engine/decoder/editedKeys';
import { parseSafetensors, readFloatTensor } from '../../model/safetensors';
import { NO_SURGERY, type Surgery } from '../../record/surgery';
import { FIXTURES, FIXTURE_TOLERANCE } from '../../testing/fixtures';
import { loadFixture } from '../../testing/loadFixture';
import { sharedGpu } from '../../testing/sharedGpu';
import { editsOf } from './edits';

/** As python/oracle/make_fixtures.py has them; there the cut's item is a row, and its heads are pairs. */
const THRESHOLD = 0.15;
const SURGERIES: Readonly<Record<string, Surgery>> = {
  damped: { ...NO_SURGERY, sinks: 0 },
  halved: { ...NO_SURGERY, sinks: 0.5 },
  unnormalised: { ...NO_SURGERY, sinks: 0.25, renormalised: false },
};

it.each(['even-token-action', 'odd-text-rec', 'qwen3-token-karma', 'gemma3-token-karma', 'gpt2-text-karma'])(
  '%s',
  async (name) => {
    const fixture = await loadFixture(name);
    const file = parseSafetensors(Uint8Array.from(readFileSync(new URL(`surgery/${name}.safetensors`, FIXTURES))), name);
    const wanted = (tensor: string): Float32Array => readFloatTensor(file, tensor, file.tensors.get(tensor)!.shape);
    const engine = await Engine.create(await sharedGpu(), fixture.inputs);
    const arm = engine.createArm(fixture.arm, flatParameters(fixture, 'param', engine.layout));
    const example = { ...fixture.batch[0]!, further: [] };
    const { layers, heads } = fixture.inputs.config;
    const packed = packHistories([example], { ...engine.packOptions(false, fixture.arm), positions: 'last' });
    const length = packed.rows;
    const evaluator = new Evaluator(engine, 1, length);
    const keys = new EditedKeys(engine.context, fixture.inputs.config, engine.histories.pass.capacity);
    let alpha = new Float32Array();
    await evaluator.interestOf(arm, [example], {
      operation: { keys, edits: () => null, onImportance: (_, of) => (alpha = Float32Array.from(of)) },
    });
    const shape = { layers, heads, length, items: packed.itemPositions[0]!, rowsOfItems: [[2]] };
    const own: Readonly<Record<string, KeyEdits>> = {
      ...Object.fromEntries(Object.entries(SURGERIES).map(([id, one]) => [id, editsOf(one, shape, alpha, THRESHOLD)])),
      cut: editsOf({ ...NO_SURGERY, heads: [1, heads], blocked: 0 }, shape, alpha, THRESHOLD),
    };
    const worst = { edits: 0, attention: 0, interest: 0 };
    for (const [id, edits] of Object.entries(own)) {
      const operation = { keys, edits: () => edits };
      const maps = await evaluator.attention(arm, [example], operation);
      const interest = await evaluator.interestOf(arm, [example], { operation });
      worst.edits = Math.max(worst.edits, relativeError(edits, wanted(`${id}.edits`)));
      worst.attention = Math.max(worst.attention, relativeError(maps, wanted(`${id}.attention`)));
      worst.interest = Math.max(worst.interest, relativeError(interest, wanted(`${id}.interest`)));
    }
    console.info(name, worst);
    for (const error of Object.values(worst)) expect(error).toBeLessThan(FIXTURE_TOLERANCE);
    const plain = await evaluator.interestOf(arm, [example]);
    expect(relativeError(plain, wanted('cut.interest'))).toBeGreaterThan(FIXTURE_TOLERANCE);
    engine.destroy();
  },
);
