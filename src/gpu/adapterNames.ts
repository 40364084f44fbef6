import type { AdapterInfo } from '../record/runRecord';

/**
 * The names that tell adapters apart when something measured or computed on one is kept for the next visit.
 */
export function adapterNames({ vendor, architecture, device, description, runtime }: AdapterInfo): readonly string[] {
  return [vendor, architecture, device, description, runtime];
}
