/** The Python side of `npm run verify:llm`, in the Python of the tests. */
import type { RunPython } from '../verify/python';
import { runPython } from './python';

export const VERIFYING_MODULES = ['torch', 'tokenizers', 'transformers', 'peft'] as const;

export const verifyingPython: RunPython = async (folder) => {
  const { status, stderr } = await runPython('oracle.verify_llm', [folder]);
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1));
};
