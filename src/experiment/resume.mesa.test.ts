/** A run that continues after a kill or a lost device gives the same numbers as an uninterrupted one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { drawnCases } from '../testing/drawnCases';
import { Interruptions } from '../testing/interruptions';
import { memorySlots, TwoSlots } from '../storage/twoSlots';
import { checkpointFacts, CheckpointError, readCheckpoint } from './train/checkpoint';

let interruptions: Interruptions;
beforeAll(async () => {
  interruptions = await Interruptions.shared();
});

describe('a resumed run', () => {
  /** A run that was stopped after that many steps, as stored. */
  const stoppedAfter = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  function stopped(step: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!stoppedAfter.has(step)) {
      const slots = new TwoSlots(memorySlots());
      stoppedAfter.set(
        step,
        interruptions.stopAfter(step, slots).then(async () => (await slots.read())!),
      );
    }
    return stoppedAfter.get(step)!;
  }

  it.each(drawnCases([1, 4]))('equals the uninterrupted one after %i steps, bit by bit', async (step) => {
    const kept = await stopped(step);
    expect(checkpointFacts(kept).step).toBe(step);
    expect(await interruptions.goOnFrom(readCheckpoint(kept))).toEqual(await interruptions.unbroken());
  });

  it('is refused with another log, or if its checkpoint is cut off', async () => {
    const kept = await stopped(1);
    const checkpoint = readCheckpoint(kept);
    const other = { ...checkpoint, record: { ...checkpoint.record, data: { ...checkpoint.record.data, hash: 'other' } } };
    await expect(interruptions.goOnFrom(other)).rejects.toBeInstanceOf(CheckpointError);
    for (const bytes of [kept.subarray(0, kept.length - 4), kept.subarray(0, 100), new Uint8Array(3)])
      expect(() => readCheckpoint(bytes.slice())).toThrow(CheckpointError);
  });
});

describe('a run whose device is lost', () => {
  it('continues from its last checkpoint on another device, even if that is lost during recovery', async () => {
    const { measured, resumed } = await interruptions.loseDevice({ afterStep: 2, duringRecovery: true });
    expect(measured).toEqual(await interruptions.unbroken());
    expect(resumed).toHaveLength(2);
  });

  it('stops after three losses in a minute', async () => {
    await expect(interruptions.loseDevice({ afterStep: 1, always: true })).rejects.toMatchObject({
      name: 'DeviceLostError',
      times: 3,
    });
  });
});
