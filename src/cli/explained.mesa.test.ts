import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../experiment/train/checkpoint';
import { divergedAt } from '../experiment/train/diverged';
import { DoesNotFitError } from '../experiment/prepare/doesNotFit';
import { JobError } from '../experiment/job/jobFiles';
import { DeviceLostError } from '../experiment/throughLosses';
import { GpuUnavailableError } from '../gpu/device';
import { GpuFaultError, type FaultSubject } from '../gpu/faults';
import { refuse } from '../log/issues';
import { LogError } from '../log/types';
import { ProtocolError } from '../measures/ranking/protocol';
import { ModelError } from '../model/modelError';
import { runSpecSchema } from '../recipe/runSpec';
import { StorageFullError } from '../storage/fileStore';
import { BrowserRunError } from './browserRun';
import { EXIT, explained } from './explained';
import { usage } from './usage';
import { UsageError } from './usageError';

const STACK = /^\s+at .+[:(]/m;

const ACTIVATIONS: FaultSubject = { what: 'buffer', label: 'rows', bytes: 4, group: 'activations', groupBytes: () => 8 };

/** Errors that the user can act on, with their exit codes and words that must be in the message. */
const OF_PERSONS: readonly (readonly [unknown, number, RegExp])[] = [
  [new UsageError('There is no preset huge.'), 2, /no preset huge\.\n--help lists/],
  [new LogError('kitchen.csv: no column holds users.', []), 2, /no column holds users/],
  [new JobError('The folder is not empty.'), 2, /not empty/],
  [new ModelError('config.json is missing.', 'Name a folder with the complete model.'), 2, /Name a folder/],
  [new CheckpointError('The checkpoint is cut off.'), 2, /Start the run afresh\./],
  [new ProtocolError('Pools of 100 need 100 items.'), 2, /Change the log or the protocol/],
  [runSpecSchema.safeParse({ seed: 'x' }).error, 2, /The recipe cannot be run\. .*seed/],
  [divergedAt('arm karma', 7, 'karma'), 3, /Lower the learning rate/],
  [new DoesNotFitError('The largest buffer needs 3000 MB.'), 3, /3000 MB/],
  [new DeviceLostError('gone', 3), 3, /lost 3 times in a minute\. --resume continues/],
  [new GpuUnavailableError('No adapter.', 'no-adapter'), 3, /No adapter\./],
  [
    new GpuFaultError('The GPU ran out of memory for activations: 180 KB of 26 MB.', 'out-of-memory', ACTIVATIONS, ''),
    3,
    /activations.* valid\./,
  ],
  [new StorageFullError(), 3, /no room/],
  [ofFile('ENOENT', 'no such file or directory'), 2, /^\/logs\/a\.csv: no such file or directory\.$/],
  [ofFile('ENOSPC', 'no space left on device'), 3, /no space left on device\. --resume continues/],
  [new BrowserRunError('The worker rejected the log.'), 3, /rejected the log/],
];

/** An error of Node's file system. */
function ofFile(code: string, why: string): Error {
  return Object.assign(new Error(`${code}: ${why}, open '/logs/a.csv'`), { code, syscall: 'open', path: '/logs/a.csv' });
}

describe('an error on the command line', () => {
  it.each(OF_PERSONS)('is explained in words, without a stack: %s', (error, code, words) => {
    const told = explained(error);
    expect(told.code).toBe(code);
    expect(told.words).toMatch(words);
    expect(told.words).not.toMatch(STACK);
  });

  it('is explained once, with further lines if there are any', () => {
    const error = refuse('log.csv', 'It is empty.');
    expect(explained(error).words).toBe('log.csv: It is empty.');
    const further = [...error.issues, { file: 'log.csv', line: 3, message: 'no user' }];
    expect(explained(new LogError(error.message, further)).words).toBe('log.csv: It is empty.\nlog.csv, line 3: no user');
  });

  it('that is a defect has its stack, and its own exit code', () => {
    const told = explained(new TypeError('x is undefined'));
    expect(told.code).toBe(1);
    expect(told.words).toMatch(STACK);
    expect(told.words).toContain('x is undefined');
  });

  it('has one of the exit codes that --help lists', () => {
    expect(EXIT).toEqual({ defect: 1, input: 2, run: 3 });
    expect(usage('karma')).toMatch(
      /Exit codes: 0 done; 1 a defect .*; 2 options, files or a recipe to be corrected; 3 the run could not continue/,
    );
  });
});
