/** Errors on the command line: what happened and what to do, and the process's exit code. */
import { describeIssue } from '../log/issues';
import { LogError } from '../log/types';
import { JobError } from '../experiment/job/jobFiles';
import { DeviceLostError } from '../experiment/throughLosses';
import { sentenceOf, type ErrorCode } from '../runtime/failure';
import { describeFailure } from '../runtime/failures';
import { BrowserRunError } from './browserRun';
import { UsageError } from './usageError';

/** Exit codes, as `--help` lists them. */
export const EXIT = {
  /** A defect of the program: its stack is printed. */
  defect: 1,
  /** Options, files or a recipe to be corrected. */
  input: 2,
  /** The run started but could not continue: device, memory, numerics, certificate. */
  run: 3,
} as const;

const OF_THE_RUN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'device-lost',
  'memory',
  'storage',
  'numerics',
  'certificate',
  'no-webgpu',
]);

/** Where the page says "press Run", the command line says `--resume`. */
const RESUME = '--resume continues from the last checkpoint.';

export function explained(error: unknown): { readonly words: string; readonly code: number } {
  if (error instanceof UsageError) return { words: `${error.message}\n--help lists all options and fields.`, code: EXIT.input };
  if (error instanceof LogError) {
    const lines = new Set([error.message, ...error.issues.map(describeIssue)]);
    return { words: [...lines].join('\n'), code: EXIT.input };
  }
  if (error instanceof JobError) return { words: error.message, code: EXIT.input };
  if (error instanceof BrowserRunError) return { words: error.message, code: EXIT.run };
  if (error instanceof DeviceLostError)
    return { words: `The GPU was lost ${error.times} times in a minute. ${RESUME}`, code: EXIT.run };
  if (isOfFileSystem(error)) {
    // `ENOENT: no such file or directory, open '…'`
    const [, why = error.message] = /^\w+: ([^,]+)/.exec(error.message) ?? [];
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    return { words: `${error.path}: ${why}.${full ? ` ${RESUME}` : ''}`, code: full ? EXIT.run : EXIT.input };
  }
  const failure = describeFailure(error);
  if (failure.code === 'internal') return { words: `${failure.message} ${failure.detail}`, code: EXIT.defect };
  return { words: sentenceOf(failure), code: OF_THE_RUN.has(failure.code) ? EXIT.run : EXIT.input };
}

/** A file or folder named by the user cannot be read or written. */
function isOfFileSystem(error: unknown): error is NodeJS.ErrnoException & { readonly path: string } {
  return error instanceof Error && 'syscall' in error && 'path' in error && typeof error.path === 'string';
}
