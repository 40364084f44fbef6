/**
 * Waiting for a device. Firefox checks only every 100 ms, and at every submit, whether a device has finished
 * its work, so reading the loss of a step that takes 5 ms would take 100. While anything is awaited, a device
 * that answers late unless something is submitted therefore gets repeated empty submits.
 */

/** Milliseconds in which an idle device should answer. */
const LATE = 40;
/**
 * Milliseconds between submits: at first, when a GPU may soon have finished, fewer than a timer takes in
 * browsers, which is about 4; then a share of the time waited. Submits without a pause would queue up, and
 * take time from a software adapter.
 */
const SHORTEST = 1;
const BUSY = 5;
const SHARE = 1 / 20;

/** What is awaited of a device that answers late. */
interface Wait {
  open: number;
  /** When the newest was asked for, in milliseconds. */
  since: number;
  /** Whether submits are being repeated. */
  reminding: boolean;
}

const late = new WeakMap<GPUDevice, Wait>();

/**
 * Finds out whether empty submits make a device answer sooner. Call once it is open, before it has anything
 * to do.
 * @returns whether they do
 */
export async function learnCompletion(device: GPUDevice): Promise<boolean> {
  const answer = async (): Promise<number> => {
    const asked = performance.now();
    device.queue.submit([]);
    await completion(device, device.queue.onSubmittedWorkDone());
    return performance.now() - asked;
  };
  // The first answer may come just before the next look.
  await answer();
  const alone = await answer();
  if (alone < LATE) return false;
  late.set(device, { open: 0, since: 0, reminding: false });
  if ((await answer()) > alone / 2) late.delete(device);
  return answersLate(device);
}

/** Whether a device is reminded of what is awaited. */
export function answersLate(device: GPUDevice): boolean {
  return late.has(device);
}

/**
 * Resolves as soon as the device has finished what `awaited` waits for, with its value.
 * @throws what `awaited` throws
 */
export function completion<T>(device: GPUDevice, awaited: Promise<T>): Promise<T> {
  const wait = late.get(device);
  if (wait === undefined) return awaited;
  const ended = (): void => {
    wait.open -= 1;
  };
  awaited.then(ended, ended);
  wait.open += 1;
  wait.since = performance.now();
  if (!wait.reminding) void remind(device, wait);
  return awaited;
}

async function remind(device: GPUDevice, wait: Wait): Promise<void> {
  wait.reminding = true;
  while (wait.open > 0) {
    const now = performance.now();
    device.queue.submit([]);
    const waited = now - wait.since;
    const pause = Math.max(SHORTEST, waited * SHARE);
    if (waited > BUSY) await new Promise((resolve) => setTimeout(resolve, pause));
    else while (wait.open > 0 && performance.now() - now < pause) await turn();
  }
  wait.reminding = false;
}

/** The next turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
