import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memorySlots, TwoSlots, type SlotFiles } from './twoSlots';

const value = (seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 40 + (seed % 7) }, (_, at) => (at * 31 + seed) % 256);

it('returns what was written last, also after reopening', async () => {
  const files = memorySlots();
  const slots = new TwoSlots(files);
  expect(await slots.read()).toBeNull();
  for (const seed of [1, 2, 3]) {
    await slots.write(value(seed));
    expect(await new TwoSlots(files).read()).toEqual(value(seed));
  }
  await new TwoSlots(files).write(value(4));
  expect(await new TwoSlots(files).read()).toEqual(value(4));
  await slots.clear();
  expect(await new TwoSlots(files).read()).toBeNull();
});

it('counts what is not whole', async () => {
  const files = memorySlots();
  const slots = new TwoSlots(files);
  await slots.write(value(1));
  await slots.write(value(2));
  await slots.read();
  expect(slots.damaged).toBe(0);
  await files.write(1, (await files.read(1))!.slice(0, -1));
  expect(await slots.read()).toEqual(value(1));
  expect(slots.damaged).toBe(1);
  await files.write(
    0,
    (await files.read(0))!.map((byte, at) => (at === 90 ? byte ^ 1 : byte)),
  );
  expect(await slots.read()).toBeNull();
  expect(slots.damaged).toBe(2);
});

it('keeps what was written last while it is read at the same time', async () => {
  const files = memorySlots();
  const slots = new TwoSlots(files);
  await slots.write(value(1));
  for (const seed of [2, 3, 4]) {
    const reading = slots.read();
    const writing = slots.write(value(seed));
    expect(await reading).toEqual(value(seed - 1));
    await writing;
    expect(await new TwoSlots(files).read()).toEqual(value(seed));
  }
  // Of both slots, whichever is lost.
  const without = async (lost: 0 | 1): Promise<unknown> =>
    new TwoSlots({ ...files, read: (slot) => (slot === lost ? Promise.resolve(null) : files.read(slot)) }).read();
  const left = [await without(0), await without(1)];
  expect(left).toContainEqual(value(3));
  expect(left).toContainEqual(value(4));
});

it('has the previous value intact, wherever writing is interrupted and whatever it leaves behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom('cut', 'zeros', 'older'),
      async (writes, share, left) => {
        const files = memorySlots();
        for (let seed = 1; seed <= writes; seed++) await new TwoSlots(files).write(value(seed));
        const broken: SlotFiles = {
          ...files,
          write: async (slot, bytes) => {
            const at = Math.min(bytes.length - 1, Math.floor(share * bytes.length));
            const before = (await files.read(slot)) ?? new Uint8Array(bytes.length);
            const torn = left === 'cut' ? bytes.slice(0, at) : bytes.slice();
            if (left === 'zeros') torn.fill(0, at);
            if (left === 'older') torn.set(before.subarray(at, bytes.length), at);
            await files.write(slot, torn);
            throw new Error('killed');
          },
        };
        await expect(new TwoSlots(broken).write(value(99))).rejects.toThrow('killed');
        const found = await new TwoSlots(files).read();
        // The value may happen to end with zeros.
        expect([value(writes), value(99)]).toContainEqual(found);
        if (left === 'cut') expect(found).toEqual(value(writes));
      },
    ),
    { numRuns: 200 },
  );
});
