/** A whole run of a preset on the sample store. Compiled kernels are all that one run leaves to the next. */
import { runExperiment } from '../../../src/experiment/runExperiment';
import type { Gpu } from '../../../src/gpu/device';
import { readSampleLog } from '../../../src/log/sample';
import { SAMPLE_LOG } from '../../../src/log/sampleLog';
import { readBook } from '../../../src/model/featureStore';
import { loadModel } from '../../../src/model/loadModel';
import { configureOrt, type OrtSettings } from '../../../src/model/ortSession';
import { createTokenizer } from '../../../src/model/tokenizer';
import { PRESETS, type PresetId } from '../../../src/recipe/presets';
import { EMBEDDED_MODEL } from '../../../src/recipe/runSpec';
import type { RunRecord } from '../../../src/record/runRecord';
import type { ExperimentInputs } from '../../inputs';
import type { Work } from '../../library';

export function experimentWork(gpu: Gpu, preset: PresetId, { source, asset }: ExperimentInputs, ort: OrtSettings): Work {
  const { spec } = PRESETS.find(({ id }) => id === preset)!;
  configureOrt(ort);
  let record: RunRecord | null = null;
  return {
    async run() {
      const model = await loadModel(source(EMBEDDED_MODEL), EMBEDDED_MODEL, () => undefined, createTokenizer);
      record = await runExperiment(
        {
          ...{ gpu, spec, model, profiled: () => false },
          data: await readSampleLog(asset),
          certification: { certificate: null, uncertified: 'The benchmark checks no model.' },
          store: {
            // Features of the sample store come with it, as they do for the page.
            load: async (hash, width) => {
              const shipped = await asset(`${SAMPLE_LOG.folder}/features-${EMBEDDED_MODEL}.safetensors`);
              const book = readBook(new Uint8Array(shipped), hash, width);
              return book === null ? [] : [book];
            },
            save: () => Promise.resolve(),
          },
        },
        () => undefined,
        () => Promise.resolve('go'),
      );
    },
    /** The first arm's last loss, and the HR@10 of its final evaluation. */
    outcome() {
      const arm = record!.arms[0]!;
      const final = arm.evaluations.findLast(({ population }) => population === 'all');
      return Promise.resolve({ loss: arm.steps.total.at(-1) ?? NaN, gradNorm: final?.values['hr@10'] ?? NaN });
    },
  };
}
