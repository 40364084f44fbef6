import { expect, it } from 'vitest';
import { LogError } from '../log/types';
import { DoesNotFitError } from '../experiment/prepare/doesNotFit';
import { divergedAt } from '../experiment/train/diverged';
import { GpuUnavailableError } from '../gpu/device';
import { GpuFaultError } from '../gpu/faults';
import { ModelError } from '../model/modelError';
import { runSpecSchema } from '../recipe/runSpec';
import { StorageBusyError, StorageFullError } from '../storage/fileStore';
import { DeviceLostError } from '../experiment/throughLosses';
import { NotInvertibleError } from '../statistics/positiveInverse';
import { describeFailure, TrainingRefusedError } from './failures';

const certificate = {
  maxRelative: 0.02,
  maxAbsolute: 1,
  tolerance: 1e-3,
  passed: false,
  provider: 'wasm',
  tokens: 3,
  prompt: '',
  continuation: '',
};

const FAILURES: readonly (readonly [unknown, string])[] = [
  [new GpuUnavailableError('No adapter.', 'no-adapter'), 'no-webgpu'],
  [new DeviceLostError('gone'), 'device-lost'],
  [new TrainingRefusedError(certificate), 'certificate'],
  [divergedAt('arm karma', 7, 'karma'), 'numerics'],
  [new ModelError('config.json is missing.', 'Download it.'), 'model'],
  [new LogError('Not open.', []), 'log'],
  [new DoesNotFitError('The largest buffer needs 3000 MB. Lower users a step.'), 'memory'],
  [new RangeError('too many rows'), 'spec'],
  [new RangeError("Failed to execute 'createBuffer' on 'GPUDevice': createBuffer failed, size is too large"), 'memory'],
  [new DOMException('Buffer was destroyed before mapping was resolved.', 'AbortError'), 'internal'],
  [new NotInvertibleError(), 'internal'],
  [new Error('Out of memory'), 'memory'],
  [new RangeError('Array buffer allocation failed'), 'memory'],
  [new Error('std::bad_alloc'), 'memory'],
  [new StorageFullError(), 'storage'],
  [new StorageBusyError(), 'storage'],
  [new DOMException('The quota has been exceeded.', 'QuotaExceededError'), 'storage'],
  [new DOMException('The requested file could not be read.', 'NotReadableError'), 'file'],
  [new RangeError('Maximum call stack size exceeded'), 'internal'],
  [new RangeError('Invalid typed array length: -1'), 'internal'],
  // Messages that only sound like memory.
  [new Error('boom'), 'internal'],
  [new Error('There is no room for the legend.'), 'internal'],
  [new Error('the allocation of users to folds'), 'internal'],
  [new Error('memory of the last run'), 'internal'],
  [new TypeError('x is undefined'), 'internal'],
  ['a string', 'internal'],
];

it.each(FAILURES)('says what happened and what to do: %s', (error, code) => {
  const failure = describeFailure(error);
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(/\S/);
  expect(failure.advice.length).toBeGreaterThan(10);
  expect(failure.detail).toContain(error instanceof Error ? error.message : String(error));
});

it('has a separate message for each kind: whose memory, which storage, which file', () => {
  const said = (error: unknown): string => {
    const { message, advice } = describeFailure(error);
    return `${message} ${advice}`;
  };
  expect(said(new DOMException('Out of memory', 'OperationError'))).toMatch(/^The GPU has no memory left .*recipe smaller/);
  expect(said(new RangeError('Array buffer allocation failed'))).toMatch(/main memory .*smaller model or log/);
  expect(said(new DOMException('Mapping failed', 'OperationError'))).toMatch(/^The GPU did not give back what it computed/);
  expect(said(new RangeError("Failed to execute 'createBuffer' on 'GPUDevice'"))).not.toMatch(/log with more events/);
  expect(said(new NotInvertibleError())).toMatch(/^The baseline EASE could not be computed.*report/);
  expect(said(new StorageFullError())).toMatch(/no room left for this page.*Delete models, logs or runs/);
  expect(said(new StorageBusyError())).toMatch(/Another tab .*close that tab/);
  expect(said(new DOMException('gone', 'NotFoundError'))).toMatch(/can no longer be read.*Open it again/);
  const all = FAILURES.map(([error]) => said(error));
  expect(new Set(all).size).toBeGreaterThanOrEqual(14);
});

it('names the fields of a recipe that cannot be run', () => {
  const parsed = runSpecSchema.safeParse({ training: { steps: 0 } });
  expect(describeFailure(parsed.error).message).toContain('training.steps');
});

it('names how far a refused model is off', () => {
  expect(describeFailure(new TrainingRefusedError(certificate)).message).toContain('2.0e-2');
});

it('names what GPU memory was for, what makes it smaller, and what still counts', () => {
  const subject = {
    what: 'buffer',
    label: 'history qkv 2',
    bytes: 180_000,
    group: 'activations',
    groupBytes: () => 26e6,
  } as const;
  const message = 'The GPU ran out of memory for activations: 180 KB of 26 MB.';
  const failure = describeFailure(new GpuFaultError(message, 'out-of-memory', subject, 'Out of memory'));
  expect(failure).toMatchObject({ code: 'memory', message });
  expect(failure.advice).toContain('training.accumulate');
  expect(failure.advice).toContain('Steps and evaluations up to here were checked and are valid.');
});
