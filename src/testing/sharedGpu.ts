/** The one device of a test process. Vitest runs the files that need one in one process, so that pipelines are compiled once. */
import type { Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';

/** Vitest evaluates modules anew for every file; the process stays. */
const held = globalThis as typeof globalThis & { karmaTestGpu?: Promise<Gpu> };

/** Nobody destroys it: what a test makes on it, the test gives back. A test of a lost device opens its own. */
export function sharedGpu(): Promise<Gpu> {
  return (held.karmaTestGpu ??= openNodeGpu());
}
