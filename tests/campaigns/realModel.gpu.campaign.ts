/**
 * SmolLM2-135M-Instruct, where it is at hand, in its GGUF file: strings and a prompt, read by the engine and
 * by Python.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { configureOrt } from '../../src/model/ortSession';
import type { Campaign } from '../../src/testing/campaign';
import { hasModules } from '../../src/testing/python';
import { sharedGpu } from '../../src/testing/sharedGpu';
import { VERIFYING_MODULES, verifyingPython as python } from '../../src/testing/verifyingPython';
import { rowsTable } from '../../src/verify/rows';
import { verifyModel, FULL_VERIFICATION } from '../../src/verify/verify';

const PLACE = '../shared/models/smollm2-135m/SmolLM2-135M-Instruct.Q4_1.gguf';

const campaign: Campaign = {
  claim: 'a real model reads 100 hard strings and a prompt as Python does',
  cases: 1,
  // PyTorch computes with 135 million parameters; verify.gpu.test.ts has all checks on a tiny model.
  sample: 0,
  missing: async () => {
    if (!existsSync(PLACE)) return `${PLACE} is not here`;
    return (await hasModules(...VERIFYING_MODULES)) ? null : `Python has no ${VERIFYING_MODULES.join(', ')}`;
  },
  open: () => {
    configureOrt();
    return {
      run: async () => {
        const folder = mkdtempSync(path.join(tmpdir(), 'karma-real-'));
        try {
          const request = { gpu: await sharedGpu(), python, folder, say: () => undefined };
          const { rows } = await verifyModel({
            ...FULL_VERIFICATION,
            place: PLACE,
            strings: 100,
            prompts: 1,
            parts: [],
            ...request,
          });
          console.info(rowsTable(rows));
          expect(rows.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
          const checked = rows.filter(({ verdict }) => verdict === 'pass').map(({ check, against }) => `${check} ${against}`);
          expect(checked).toEqual(
            expect.arrayContaining(['tokens tokenizers', 'text of tokens tokenizers', 'logits transformers']),
          );
          return { 'checks passed': checked.length };
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    };
  },
};
export default campaign;
