/** The shipped heads fitted again, on whatever adapter is here. `shippedHeads.test.ts` tells whether they belong to the presets as they are. */
import path from 'node:path';
import { openSampleLog, readBytes } from '../cli/diskSource';
import { fitRecipe, SHIPPED_PRESETS, shippedRecipe } from '../cli/shipHeads';
import { relativeError } from '../engine/fixture';
import { openNodeGpu } from '../gpu/node';
import { parseSafetensors, readFloatTensor } from '../model/safetensors';
import { configureOrt } from '../model/ortSession';
import type { Campaign } from '../testing/campaign';
import { loadWordnet } from '../testing/wordnetModel';
import { withShipped } from './shippedHeads';

/** Adapters round differently, and AdamW lets that grow. */
const TOLERANCE = 1e-2;

const campaign: Campaign = {
  claim: 'the shipped heads are what the fit gives on this adapter',
  cases: SHIPPED_PRESETS.length,
  sample: 0,
  open: async () => {
    configureOrt();
    const gpu = await openNodeGpu();
    const model = await loadWordnet();
    const site = path.resolve('public');
    const data = await openSampleLog(site);
    return {
      run: async (index) => {
        let asked = '';
        let fitted: Uint8Array<ArrayBuffer> | null = null;
        const heads = {
          read: (key: string) => {
            asked = key;
            return Promise.resolve(null);
          },
          write: (_: string, bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(void (fitted = bytes)),
        };
        await fitRecipe(shippedRecipe(SHIPPED_PRESETS[index]!), { gpu, model, data, site, heads });
        const shipped = await withShipped(heads, (file) => readBytes(path.join(site, file))).read(asked);
        const [one, other] = [fitted!, shipped!.bytes].map((bytes) => parseSafetensors(bytes, 'heads'));
        const error = Math.max(
          ...['w_o', 'w_e', 'log_scale'].map((name) => {
            const [a, b] = [one!, other!].map((file) => readFloatTensor(file, name, file.tensors.get(name)!.shape));
            return relativeError(a!, b!);
          }),
        );
        if (!(error < TOLERANCE)) throw new Error(`the heads differ by ${error}`);
        return { 'error of heads': error };
      },
      close: () => {
        gpu.device.destroy();
      },
    };
  },
};
export default campaign;
