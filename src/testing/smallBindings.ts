/** A device that says it binds less than it does, so that small matrices are divided. */

/** What `body` gives while the device says that no buffer or binding has more than that many bytes. */
export async function withLargestBinding<T>(device: GPUDevice, bytes: number, body: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(device, 'limits');
  const { limits } = device;
  const small = new Proxy(limits, {
    get: (_, name) =>
      name === 'maxBufferSize' || name === 'maxStorageBufferBindingSize' ? bytes : (Reflect.get(limits, name, limits) as unknown),
  });
  Object.defineProperty(device, 'limits', { value: small, configurable: true });
  try {
    return await body();
  } finally {
    if (own === undefined) Reflect.deleteProperty(device, 'limits');
    else Object.defineProperty(device, 'limits', own);
  }
}
