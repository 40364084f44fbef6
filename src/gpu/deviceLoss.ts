/**
 * Removable listeners for a device's loss: what is attached to `device.lost` itself lives as long as the
 * device, with all that it references.
 */

interface Watched {
  /** The device's message; null until it is lost. */
  message: string | null;
  readonly listeners: Set<(message: string) => void>;
}

const devices = new WeakMap<GPUDevice, Watched>();

/**
 * @param onLost called once with the device's message, even if it is already lost.
 * @returns a function that stops listening
 */
export function onDeviceLost(device: GPUDevice, onLost: (message: string) => void): () => void {
  const { message, listeners } = watchedOf(device);
  listeners.add(onLost);
  if (message !== null) {
    queueMicrotask(() => {
      if (listeners.delete(onLost)) onLost(message);
    });
  }
  return () => {
    listeners.delete(onLost);
  };
}

function watchedOf(device: GPUDevice): Watched {
  const known = devices.get(device);
  if (known !== undefined) return known;
  const watched: Watched = { message: null, listeners: new Set() };
  devices.set(device, watched);
  void device.lost.then(({ message }) => {
    watched.message = message;
    const told = [...watched.listeners];
    watched.listeners.clear();
    for (const onLost of told) onLost(message);
  });
  return watched;
}
