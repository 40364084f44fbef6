/**
 * Globals that browser libraries look for and that a module in Node lacks: `navigator.gpu`, and `require`, by
 * which TensorFlow.js detects Node.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { diskSource, readFileBytes } from '../src/cli/diskSource';
import { openNodeGpu } from '../src/gpu/node';
import type { ModelSource } from '../src/model/source/modelSource';
import type { AdapterInfo } from '../src/record/runRecord';
import type { Realm } from './contestant';

/** Models of the repository. */
export function sourceIn(root: string): (model: string) => ModelSource {
  return (model) => diskSource(path.join(root, 'public/models', model));
}

/** @param root the repository's folder @throws GpuUnavailableError when no driver is found. */
export async function nodeRealm(root: string): Promise<Realm & { readonly adapter: AdapterInfo }> {
  // Finds a working driver; the next instance finds the same one.
  const { device, adapter } = await openNodeGpu();
  device.destroy();
  const { create } = await import('webgpu');
  const value = { gpu: create([]), userAgent: `Node ${process.version}` };
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
  Object.defineProperty(globalThis, 'require', { value: createRequire(import.meta.url), configurable: true });
  return {
    runtime: 'node',
    adapter,
    source: sourceIn(root),
    asset: async (file) => (await readFileBytes(path.join(root, 'public', file))).buffer,
    ort: {},
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
  };
}
