import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EMBEDDED_MODEL } from '../recipe/runSpec';
import { CURATED_MODELS } from './curatedModels';
import { originOf } from './modelOrigin';
import { readConfig } from './readConfig';

it('describes the embedded model correctly', () => {
  const folder = `public/models/${EMBEDDED_MODEL}`;
  const embedded = CURATED_MODELS.find(({ id }) => id === EMBEDDED_MODEL)!;
  expect(embedded.config).toEqual(readConfig(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'))));
  // The header is not counted.
  const file = statSync(`${folder}/model.safetensors`).size;
  expect(file - embedded.bytes!).toBeGreaterThan(0);
  expect(file - embedded.bytes!).toBeLessThan(10_000);
});

/** As stated by their authors, in millions. */
it.each([
  ['HuggingFaceTB/SmolLM2-135M', 135],
  ['HuggingFaceTB/SmolLM2-360M', 362],
  ['openai-community/gpt2', 124],
  ['google/gemma-3-270m', 268],
  ['Qwen/Qwen2.5-0.5B', 494],
  ['Qwen/Qwen3-0.6B', 596],
  ['TinyLlama/TinyLlama-1.1B-Chat-v1.0', 1100],
  ['meta-llama/Llama-3.2-1B', 1236],
])('%s has %d million parameters', (id, millions) => {
  const { parameters } = CURATED_MODELS.find((model) => model.id === id)!;
  expect(Math.round(parameters / 1e6)).toBe(millions);
});

it('names each model once, by an ID that a hub can have', () => {
  expect(new Set(CURATED_MODELS.map(({ id }) => id)).size).toBe(CURATED_MODELS.length);
  for (const model of CURATED_MODELS) expect(['embedded', 'hub']).toContain(originOf(model));
});

it('calls only those verified whose table in docs/models.md has no failed or open check', () => {
  const docs = readFileSync('docs/models.md', 'utf8');
  const verified = CURATED_MODELS.filter((model) => model.verified);
  expect(verified.length).toBeGreaterThan(0);
  for (const { id, verified: { date, form } = { date: '', form: '' } } of verified) {
    const name = `${id.split('/').at(-1)!}${form.startsWith('GGUF ') ? `.${form.slice(5)}.gguf` : ''}`;
    const [heading, ...table] = docs.slice(docs.indexOf(`\n${name} (`) + 1).split('\n\n');
    expect(heading).toContain(date);
    const rows = table[0]!.split('\n').slice(2);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => !row.endsWith('| pass |'))).toEqual([]);
  }
});
