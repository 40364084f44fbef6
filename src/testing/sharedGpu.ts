/** The one device of a test process. Vitest runs the files that need one in one process, so that pipelines are compiled once. */
import type { Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';

let opened: Promise<Gpu> | undefined;

/** Nobody destroys it: what a test makes on it, the test gives back. A test of a lost device opens its own. */
export function sharedGpu(): Promise<Gpu> {
  return (opened ??= openNodeGpu());
}
