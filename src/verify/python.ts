/** Questions for python/oracle/verify_llm.py, and its answers. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseSafetensors, readFloatTensor } from '../model/safetensors';
import { unchecked, type VerificationRow } from './rows';

/** Runs `python -m oracle.verify_llm FOLDER`; rejects with the reason when that fails. */
export type RunPython = (folder: string) => Promise<void>;

const ids = z.array(z.array(z.number().int()));
const problems = z.record(z.string(), z.string());
const answersSchema = z.object({
  tokens: z.object({ ids, texts: z.array(z.string()) }).optional(),
  logits: z.object({ problems }).optional(),
  greedy: z.object({ ids }).optional(),
  perplexity: z.object({ own: z.record(z.string(), z.number()), transformers: z.number().nullable(), problems }).optional(),
  gradients: z.object({ losses: z.record(z.string(), z.record(z.string(), z.number())), problems }).optional(),
  gguf: z.object({ difference: z.number(), tensors: z.number() }).optional(),
  problems,
});

export interface PythonAnswers extends z.infer<typeof answersSchema> {
  /** Undefined if there is none of that name. */
  tensor(name: string): Float32Array | undefined;
}

export async function readAnswers(folder: string): Promise<PythonAnswers> {
  const answers = answersSchema.parse(JSON.parse(await readFile(path.join(folder, 'answers.json'), 'utf8')));
  const name = 'answers.safetensors';
  const file = parseSafetensors(Uint8Array.from(await readFile(path.join(folder, name))), name);
  return {
    ...answers,
    tensor: (tensor) => {
      const entry = file.tensors.get(tensor);
      return entry && readFloatTensor(file, tensor, entry.shape);
    },
  };
}

/**
 * A check without an answer: it could not be made if a package is missing or the family is not served, else
 * it failed.
 */
export function unansweredCheck(check: string, against: string, problem = 'no answer'): VerificationRow {
  const [, name] = /^(?:ModuleNotFoundError|ImportError): (?:No module named '([\w.]+)')?/.exec(problem) ?? [];
  if (name !== undefined) return unchecked(check, against, `Python here has no ${name}`);
  if (/^(?:ImportError|JobError)\b/.test(problem)) return unchecked(check, against, problem.replace(/^\w+: /, ''));
  return { check, against, found: problem, verdict: 'fail' };
}
