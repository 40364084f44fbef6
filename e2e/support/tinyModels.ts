/** Tiny random models, recreated from their seeds. */
import type { BrowserContext } from '@playwright/test';
import type * as TinyModels from '../../src/testing/tinyModel';
import { throughVite } from './throughVite';

/** One model of each. */
export function makeTinyModels(...options: readonly TinyModels.TinyOptions[]): Promise<TinyModels.Files[]> {
  return throughVite(async (load) => {
    const { tinyModel } = await load<typeof TinyModels>('/src/testing/tinyModel.ts');
    return options.map((one) => tinyModel(one));
  });
}

/**
 * Pages of this context get `model` in place of the embedded one, so that checks and runs take a fraction of
 * the time.
 */
export async function serveInPlace(context: BrowserContext, model: TinyModels.Files): Promise<void> {
  await context.route('**/models/wordnet-1m/*', async (route) => {
    const bytes = model.get(new URL(route.request().url()).pathname.split('/').at(-1)!);
    await (bytes === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ body: Buffer.from(bytes) }));
  });
}
