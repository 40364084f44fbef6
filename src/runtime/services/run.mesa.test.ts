import { expect, it } from 'vitest';
import { smallRecord } from '../../testing/smallRecord';
import type { Phase, WorkerEvent } from '../protocol';
import { calledOff } from '../rpc/messages';
import { RunService, type RunTools } from './run';

/** A service whose runs wait for a device until they are released, and then end. */
function service(): {
  readonly runs: RunService;
  readonly phases: Phase[];
  readonly asked: () => number;
  readonly release: () => void;
} {
  const phases: Phase[] = [];
  let asked = 0;
  let release: () => void = () => undefined;
  const tools = {
    emit: (event: WorkerEvent) => {
      if (event.type === 'phase') phases.push(event.phase);
    },
    trained: { clear: () => undefined, broken: () => undefined },
    texts: { release: () => Promise.resolve(), cancel: () => undefined },
    inspection: { release: () => Promise.resolve() },
    operations: { release: () => Promise.resolve() },
    models: { shelf: () => Promise.resolve({ cancel: () => undefined }) },
    slots: Promise.resolve(null),
    device: {
      get: () => {
        asked++;
        return new Promise((_, reject) => {
          release = () => {
            reject(calledOff());
          };
        });
      },
    },
  };
  return {
    runs: new RunService(tools as unknown as RunTools),
    phases,
    asked: () => asked,
    release: () => {
      release();
    },
  };
}

it('stops a run that still waits for the previous one to end', async () => {
  const { runs, phases, asked, release } = service();
  const { spec } = smallRecord();
  const first = runs.start({ spec, paused: false });
  await expect.poll(asked).toBe(1);
  const second = runs.start({ spec, paused: false });
  await runs.stop();
  release();
  await Promise.all([first, second]);
  expect(phases).toEqual(['preparing', 'stopped', 'stopped']);
  expect(asked()).toBe(1);
});

it('says what a run waits for', async () => {
  const { runs, asked, release } = service();
  const ended = runs.start({ spec: smallRecord().spec, paused: false });
  await expect.poll(asked).toBe(1);
  expect(runs.waitsFor()).toEqual({ step: null, checkpoint: null, gpu: { reads: 0, scopes: 0 } });
  release();
  await ended;
});
