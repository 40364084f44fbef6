import type { AdapterInfo } from '../record/runRecord';

/** By which adapters are told apart where what was measured or computed on one is kept for the next visit. */
export function adapterNames({ vendor, architecture, device, description, runtime }: AdapterInfo): readonly string[] {
  return [vendor, architecture, device, description, runtime];
}
