import { expect, it } from 'vitest';
import { onDeviceLost } from './deviceLoss';

/** A device that is lost on demand. */
function device(): {
  readonly device: GPUDevice;
  readonly lose: (message: string) => Promise<void>;
  readonly attached: () => number;
} {
  let lose: (info: { message: string }) => void = () => undefined;
  let attached = 0;
  const lost = new Promise<{ message: string }>((resolve) => (lose = resolve));
  const then = lost.then.bind(lost);
  lost.then = ((...args: Parameters<typeof then>) => {
    attached += 1;
    return then(...args);
  }) as typeof then;
  return {
    device: { lost } as unknown as GPUDevice,
    lose: async (message) => {
      lose({ message });
      await new Promise((resolve) => setTimeout(resolve));
    },
    attached: () => attached,
  };
}

it('notifies listeners once, and late ones at once', async () => {
  const gone = device();
  const heard: string[] = [];
  onDeviceLost(gone.device, (message) => heard.push(`one: ${message}`));
  const leave = onDeviceLost(gone.device, (message) => heard.push(`left: ${message}`));
  leave();
  await gone.lose('unplugged');
  onDeviceLost(gone.device, (message) => heard.push(`late: ${message}`));
  onDeviceLost(gone.device, () => heard.push('late, and left'))();
  expect(heard).toEqual(['one: unplugged']);
  await Promise.resolve();
  expect(heard).toEqual(['one: unplugged', 'late: unplugged']);
});

it('attaches to the device once, however many runs listen in turn', () => {
  const there = device();
  for (let run = 0; run < 100; run++) onDeviceLost(there.device, () => undefined)();
  expect(there.attached()).toBe(1);
});
