/** Errors in words for the user: what happened, what to do, and the detail to copy. */
import { ZodError } from 'zod';
import { LogError } from '../log/types';
import { DoesNotFitError } from '../experiment/prepare/doesNotFit';
import { CheckpointError } from '../experiment/train/checkpoint';
import { DivergedError } from '../experiment/train/diverged';
import { DeviceLostError } from '../experiment/throughLosses';
import { ProtocolError } from '../measures/ranking/protocol';
import { ImpossibleRanksError } from '../engine/ranking/rankCheck';
import { WrongProductError } from '../engine/gemm/checkedProducts';
import { GpuUnavailableError } from '../gpu/device';
import { GpuFaultError } from '../gpu/faults';
import { ModelError } from '../model/modelError';
import { complaintsOf, sentenceWithPath } from '../recipe/errorMap';
import { runSpecSchema } from '../recipe/runSpec';
import { StorageBusyError, StorageFullError } from '../storage/fileStore';
import { NotInvertibleError } from '../statistics/positiveInverse';
import { MEMORY_ADVICE } from '../record/memoryPlan';
import type { Certificate } from '../record/runRecord';
import { noWebGpu, type ErrorCode, type Failure } from './failure';
import { t } from '../words/words';

/** The certificate failed: our engine and ONNX Runtime give different results for this model. */
export class TrainingRefusedError extends Error {
  constructor(readonly certificate: Certificate) {
    super(
      t("Our logits differ from ONNX Runtime's by {difference} relative, more than {tolerance}.", {
        difference: certificate.maxRelative.toExponential(1),
        tolerance: certificate.tolerance,
      }),
    );
    this.name = 'TrainingRefusedError';
  }
}

/**
 * What remains valid of a run ended by a fault: nothing is read from a device before it is known to have been
 * computed.
 */
const runAgain = (): string =>
  t(
    'Steps and evaluations up to here were checked and are valid. Run again; if it happens again, try another browser or adapter and report this one.',
  );

function adviceForFault({ kind, subject }: GpuFaultError): string {
  if (kind !== 'out-of-memory') return runAgain();
  const group = subject.what === 'buffer' ? subject.group : null;
  return t('Steps and evaluations up to here were checked and are valid. {advice} Then run again.', {
    advice: group === null ? t('Make the recipe smaller or close other tabs.') : t(MEMORY_ADVICE[group]),
  });
}

function isNamed(error: unknown, name: string): error is DOMException {
  return error instanceof DOMException && error.name === name;
}

/**
 * Whose memory ran out, if an error of the browser or ONNX Runtime, which have no type for it, says so in
 * known words.
 */
function memoryOf(error: unknown): 'gpu' | 'main' | null {
  if (!(error instanceof Error || error instanceof DOMException)) return null;
  const { message } = error;
  if (error instanceof RangeError) return /^(array buffer allocation failed|out of memory)\.?$/i.test(message) ? 'main' : null;
  if (/\bstd::bad_alloc\b|^(WebAssembly\.\w+(\(\))?: )?could not allocate memory/i.test(message)) return 'main';
  return /\bout of memory\b/i.test(message) ? 'gpu' : null;
}

/** A range error by JavaScript itself: a mistake of the program, not of the recipe. */
function isOfPlatform({ message }: RangeError): boolean {
  return /^(maximum call stack size exceeded|invalid (typed )?array length|invalid (array buffer|count|string) |offset is outside|start offset)/i.test(
    message,
  );
}

/**
 * Whether a call to `createBuffer` was refused: its size is not the recipe's number that a range error is
 * usually about.
 */
function isBufferOf(error: unknown): boolean {
  return error instanceof Error && /\bcreateBuffer\b/.test(error.message);
}

/** Whether a read of the GPU's memory was rejected. */
function isRefusedMap(error: unknown): boolean {
  if (!(error instanceof DOMException)) return false;
  return /\bmap(ped|ping|Async)?\b/i.test(error.message) && (error.name === 'OperationError' || error.name === 'AbortError');
}

export function describeFailure(error: unknown): Failure {
  const detail = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  const failure = (code: ErrorCode, message: string, advice: string): Failure => ({ code, message, advice, detail });
  if (error instanceof GpuUnavailableError) {
    return noWebGpu(error.message, detail);
  }
  if (error instanceof DeviceLostError) {
    return failure(
      'device-lost',
      error.times > 1
        ? t('The browser took the GPU away {times} times in a minute, so the run stopped.', { times: error.times })
        : t('The browser took the GPU away from this page.'),
      t('Close what else uses the GPU, or make the recipe smaller, then resume; what was measured is saved.'),
    );
  }
  if (error instanceof GpuFaultError) {
    const advice = adviceForFault(error);
    return {
      ...failure(error.kind === 'out-of-memory' ? 'memory' : 'internal', error.message, advice),
      detail: `${error.detail}\n${detail}`,
    };
  }
  if (error instanceof WrongProductError) {
    return failure(
      'internal',
      error.message,
      t(
        'No number of this GPU can be believed, so nothing was trained. Update the browser or the driver, or take another browser or GPU, and report this one.',
      ),
    );
  }
  if (error instanceof ImpossibleRanksError) {
    return failure('internal', error.message, runAgain());
  }
  if (error instanceof TrainingRefusedError) {
    return failure(
      'certificate',
      error.message,
      t('A model that is read incorrectly is not trained. Try another browser or adapter, and report this one.'),
    );
  }
  if (error instanceof DivergedError) {
    const advice = t('Lower the learning rate or switch gradient clipping on, then run again.');
    return { ...failure('numerics', error.message, advice), arm: error.arm };
  }
  if (error instanceof NotInvertibleError) {
    return failure(
      'internal',
      t('The baseline EASE could not be computed: {problem}.', { problem: error.message }),
      t('No log should cause this. Copy the details into a report, then run again.'),
    );
  }
  if (error instanceof CheckpointError) return failure('checkpoint', error.message, error.advice);
  if (error instanceof LogError) return failure('log', error.message, t('Drop the file on the page again.'));
  if (error instanceof ModelError) return failure('model', error.message, error.advice);
  if (error instanceof ZodError) {
    const problems = complaintsOf(error, runSpecSchema).map(sentenceWithPath).join(' ');
    return failure('spec', t('The recipe cannot be run. {problems}', { problems }), t('Correct the fields named.'));
  }
  if (error instanceof DoesNotFitError)
    return failure('memory', error.message, t('Change the recipe as described, then run again.'));
  if (error instanceof ProtocolError)
    return failure('spec', error.message, t('Change the log or the protocol as described, then run again.'));
  if (error instanceof StorageFullError || isNamed(error, 'QuotaExceededError')) {
    return failure(
      'storage',
      t('The browser has no room left for this page.'),
      t('Delete models, logs or runs that it keeps (under Model and Runs), or free disk space, then try again.'),
    );
  }
  if (error instanceof StorageBusyError)
    return failure('storage', error.message, t('Let it finish, or close that tab, then try again.'));
  if (isBufferOf(error)) {
    return failure(
      'memory',
      t('The GPU refused memory for this.'),
      t('Make the recipe smaller or close other tabs, then run again.'),
    );
  }
  if (isRefusedMap(error)) {
    return failure('internal', t('The GPU did not give back what it computed.'), runAgain());
  }
  if (isNamed(error, 'NotReadableError') || isNamed(error, 'NotFoundError')) {
    return failure(
      'file',
      t('A file that was opened can no longer be read: it was changed, moved or deleted.'),
      t('Open it again, then try again.'),
    );
  }
  const memory = memoryOf(error);
  if (memory === 'gpu') {
    return failure(
      'memory',
      t('The GPU has no memory left for this.'),
      t('Make the recipe smaller or close other tabs, then run again.'),
    );
  }
  if (memory === 'main') {
    return failure(
      'memory',
      t('The browser has no main memory left for this tab.'),
      t('Take a smaller model or log, or close other tabs, then try again.'),
    );
  }
  if (error instanceof RangeError && !isOfPlatform(error)) {
    return failure(
      'spec',
      error.message,
      t('Make the batch, history or text limits smaller, or open a log with more events per user.'),
    );
  }
  return failure(
    'internal',
    t('Something went wrong inside the playground.'),
    t('Copy the details into a report, then press Run to try again.'),
  );
}

/** `describeFailure` for a question: errors about invalid questions say themselves what to do. */
export function describeUnanswered(error: unknown): Failure {
  const failure = describeFailure(error);
  return error instanceof RangeError ? { ...failure, advice: '' } : failure;
}
