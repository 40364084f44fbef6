import { ENGINE_PORT } from './support/ports';
import { expect, test } from './support/playground';

const TOLERANCE = 1e-4;

/** Every arm, both interfaces, both action losses, both random Llama decoders and every other family. */
const CASES = [
  'even-token-action',
  'odd-token-action-pairwise',
  'odd-token-gen',
  'odd-token-rec-hidden',
  'even-token-karma-dot',
  'odd-token-karma',
  'even-text-gen',
  'odd-text-rec',
  'even-text-karma',
  'llama3-token-karma',
  'qwen2-text-karma',
  'qwen3-token-karma',
  'gemma3-token-karma',
  'gemma3-text-karma',
  'gpt2-token-karma',
];

test('computes in Chromium what PyTorch computes', async ({ playground: { page } }) => {
  const cases = new URLSearchParams(CASES.map((name) => ['case', name]));
  await page.goto(`http://127.0.0.1:${ENGINE_PORT}/e2e/engine/index.html?${cases.toString()}`);
  const agreements = await page.evaluate(() => window.agreements!);
  expect(Object.keys(agreements)).toEqual(CASES);
  const largest = (prefix: string): string =>
    Math.max(
      ...Object.values(agreements).flatMap((errors) =>
        Object.entries(errors).flatMap(([label, error]) => (label.startsWith(prefix) ? [error] : [])),
      ),
    ).toExponential(1);
  console.info(
    `largest relative error in Chromium: losses ${largest('loss')}, gradients ${largest('grad')}, parameters after two steps ${largest('after2')}`,
  );
  for (const [name, errors] of Object.entries(agreements)) {
    expect(
      Object.entries(errors).filter(([, error]) => !(error < TOLERANCE)),
      name,
    ).toEqual([]);
  }
});
