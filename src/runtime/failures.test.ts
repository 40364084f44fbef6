import { expect, it } from 'vitest';
import { LogError } from '../log/types';
import { DoesNotFitError } from '../experiment/forecastMemory';
import { DivergedError } from '../experiment/diverged';
import { GpuUnavailableError } from '../gpu/device';
import { GpuFaultError } from '../gpu/faults';
import { ModelError } from '../model/modelError';
import { runSpecSchema } from '../recipe/runSpec';
import { DeviceLostError } from '../experiment/throughLosses';
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
  [new DivergedError('arm karma', 7), 'numerics'],
  [new ModelError('config.json is missing.', 'Download it.'), 'model'],
  [new LogError('Not open.', []), 'log'],
  [new DoesNotFitError('The largest buffer needs 3000 MB. Lower users a step.'), 'memory'],
  [new RangeError('too many rows'), 'spec'],
  [new Error('Out of memory'), 'memory'],
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
