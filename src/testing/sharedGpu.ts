/**
 * The one device of a test process. Vitest runs the files that need one in one process, so that pipelines are
 * compiled once.
 */
import type { Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';

let opened: Promise<Gpu> | undefined;

/** It is never destroyed: a test releases what it allocates. A test of a lost device opens its own. */
export function sharedGpu(): Promise<Gpu> {
  return (opened ??= openNodeGpu());
}
