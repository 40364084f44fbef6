/**
 * The checks of `npm run verify:llm` on a tiny random model; the campaign `realModel` has a part of them on a
 * real one.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configureOrt } from '../model/ortSession';
import { hasModules } from '../testing/python';
import { sharedGpu } from '../testing/sharedGpu';
import { tinyModel } from '../testing/tinyModel';
import { VERIFYING_MODULES, verifyingPython as python } from '../testing/verifyingPython';
import { hardStrings } from './hardStrings';
import { unansweredCheck, type RunPython } from './python';
import { exitCode, rowsTable, limitRow, type VerificationRow } from './rows';
import { verifyModel, FULL_VERIFICATION, type Verification } from './verify';

const hasPython = await hasModules(...VERIFYING_MODULES);

const scratch = mkdtempSync(path.join(tmpdir(), 'karma-verified-'));
beforeAll(() => {
  configureOrt();
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

async function verified(place: string, change: Partial<Verification>): Promise<readonly VerificationRow[]> {
  const folder = mkdtempSync(path.join(scratch, 'exchange-'));
  const request = { place, gpu: await sharedGpu(), python, folder, ...FULL_VERIFICATION, say: () => undefined, ...change };
  const { rows } = await verifyModel(request);
  console.info(rowsTable(rows));
  return rows;
}

/** A random model as a folder. */
function tinyFolder(change?: (name: string, bytes: Uint8Array) => Uint8Array): string {
  const folder = mkdtempSync(path.join(scratch, 'tiny-'));
  for (const [name, bytes] of tinyModel()) writeFileSync(path.join(folder, name), change?.(name, bytes) ?? bytes);
  return folder;
}

describe('a tiny random model', () => {
  it('passes every check', async ({ skip }) => {
    skip(!hasPython, 'Python has no torch, tokenizers, transformers or peft');
    const rows = await verified(tinyFolder(), {});
    expect(rows.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
    expect(rows.map(({ check }) => check)).toEqual([
      ...['tokens', 'text of tokens', 'logits', 'logits', 'greedy text'],
      ...['gradients of LoRA and heads', 'gradients of LoRA and heads', 'the adapter changes the logits'],
      ...['adapter, in PEFT’s layout', 'merged, ONNX', 'merged, safetensors'],
      ...['perplexity of prose, f32', 'perplexity of prose, q8_0', 'perplexity of prose, q4_0'],
      ...['GPU memory, f32', 'GPU memory, Q8_0', 'GPU memory, Q4_0'],
    ]);
    expect(exitCode(rows)).toBe(0);
  });

  it('names what cannot be checked without Python, and does not pass', async () => {
    const rows = await verified(tinyFolder(), { python: null, strings: 60, precisions: ['f32'] });
    const open = rows.filter(({ verdict }) => verdict === 'unchecked');
    expect(open.map(({ found }) => found)).toEqual(open.map(() => 'there is no Python with PyTorch here'));
    expect(open.length).toBeGreaterThan(7);
    expect(exitCode(rows)).toBe(3);
  });

  it('fails if another program reads other weights or another tokenizer', async ({ skip }) => {
    skip(!hasPython, 'Python has no torch, tokenizers, transformers or peft');
    const place = tinyFolder();
    const other = tinyFolder((name, bytes) => {
      if (name.startsWith('model')) return tinyModel({ seed: 2 }).get(name)!;
      if (name !== 'tokenizer.json') return bytes;
      const text = new TextDecoder().decode(bytes);
      return new TextEncoder().encode(text.replace('"Ġ":220', '"Ġ":200').replace('"ł":', '"unlikely":'));
    });
    const misled: RunPython = (folder) => {
      const questions = path.join(folder, 'questions.json');
      writeFileSync(questions, readFileSync(questions, 'utf8').replaceAll(place, other));
      return python(folder);
    };
    const rows = await verified(place, { python: misled, strings: 60, precisions: ['f32'], parts: ['gradients', 'perplexity'] });
    const failed = rows.filter(({ verdict }) => verdict === 'fail').map(({ check, against }) => `${check} ${against}`);
    expect(failed).toEqual(
      expect.arrayContaining([
        'logits transformers',
        'gradients of LoRA and heads PyTorch, float64',
        'perplexity of prose, f32 transformers',
      ]),
    );
    expect(exitCode(rows)).toBe(1);
  });
});

describe('the table', () => {
  const row = (verdict: VerificationRow['verdict']): VerificationRow => ({ check: 'a', against: 'b', found: 'c', verdict });

  it('has the exit code of its worst row', () => {
    expect(exitCode([row('pass')])).toBe(0);
    expect(exitCode([row('pass'), row('unchecked')])).toBe(3);
    expect(exitCode([row('unchecked'), row('fail')])).toBe(1);
  });

  it('passes no number that is too large or none', () => {
    expect(limitRow('a', 'b', 2e-4, 1e-4)).toMatchObject({ verdict: 'fail', found: '2.0e-4 (allowed 1e-4)' });
    expect(limitRow('a', 'b', NaN, 1e-4).verdict).toBe('fail');
    expect(limitRow('a', 'b', 1e-5, 1e-4, '# of x').found).toBe('1.0e-5 of x (allowed 1e-4)');
  });

  it('tells a missing package from a wrong answer', () => {
    const missing = unansweredCheck('a', 'b', "ModuleNotFoundError: No module named 'peft'");
    expect(missing).toMatchObject({ verdict: 'unchecked', found: 'Python here has no peft' });
    expect(unansweredCheck('a', 'b', 'JobError: stacks projections').verdict).toBe('unchecked');
    expect(unansweredCheck('a', 'b', 'ValueError: target modules not found').verdict).toBe('fail');
  });

  it('keeps to its cells', () => {
    expect(rowsTable([{ ...row('fail'), found: 'x | y\nz' }])).toContain('| a | b | x \\| y z | FAIL |');
  });
});

it('draws the same hard strings every time, each once', () => {
  const strings = hardStrings(1000, ['<|im_start|>']);
  expect(new Set(strings).size).toBe(1000);
  expect(hardStrings(1000, ['<|im_start|>'])).toEqual(strings);
  expect(strings.filter((text) => text.includes('<|im_start|>')).length).toBeGreaterThan(20);
  expect(strings.every((text) => !/\p{Surrogate}/u.test(text))).toBe(true);
});
