/** The heads that ship are those of the presets as they are: a run of one begins without a fit. `tools/store/heads.mjs` makes them. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { openSampleLog, readBytes } from '../cli/diskSource';
import { fitRecipe, SHIPPED_PRESETS, shippedRecipe } from '../cli/shipHeads';
import { configureOrt } from '../model/ortSession';
import { sharedGpu } from '../testing/sharedGpu';
import { loadWordnet } from '../testing/wordnetModel';
import { withShipped } from './shippedHeads';

it('are read in place of a fit', async () => {
  configureOrt();
  const gpu = await sharedGpu();
  const model = await loadWordnet();
  const site = path.resolve('public');
  const data = await openSampleLog(site);
  const none = { read: () => Promise.resolve(null), write: () => Promise.reject(new Error('run tools/store/heads.mjs')) };
  const heads = withShipped(none, (file) => readBytes(path.join(site, file)));
  for (const id of SHIPPED_PRESETS) {
    const spec = shippedRecipe(id);
    const { headStartSteps: steps, headStartUsers } = spec.objective;
    const record = await fitRecipe(spec, { gpu, model, data, site, heads });
    expect(record).toMatchObject({ fitted: true, from: 'shipped', steps });
    if (record?.fitted !== true) return;
    expect(record.users).toBeLessThanOrEqual(headStartUsers);
    expect(record.losses.at(-1)!).toBeLessThan(record.losses[0]!);
  }
}, 120_000);
