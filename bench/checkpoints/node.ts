/** Runs the work in this process, on Dawn, with checkpoints on disk. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diskFeatures, diskTuning, openModel, openSampleLog } from '../../src/cli/diskSource';
import { diskSlots } from '../../src/cli/diskSlots';
import { prepareTiles } from '../../src/engine/gemm/prepareTiles';
import { openNodeGpu } from '../../src/gpu/node';
import { SAMPLE_LOG } from '../../src/log/sampleLog';
import { configureOrt } from '../../src/model/ortSession';
import { EMBEDDED_MODEL } from '../../src/recipe/runSpec';
import { TwoSlots } from '../../src/storage/twoSlots';
import type { CheckpointReport } from './report';
import { measureCheckpoints } from './work';

export async function measureInNode(root: string, onCase: (name: string) => void): Promise<CheckpointReport> {
  const gpu = await openNodeGpu();
  const cache = path.join(root, '.cache');
  const folder = await mkdtemp(path.join(tmpdir(), 'karma-checkpoints-'));
  try {
    await prepareTiles(gpu, diskTuning(cache));
    configureOrt();
    const { model } = await openModel(path.join(root, 'public/models', EMBEDDED_MODEL), EMBEDDED_MODEL);
    const data = await openSampleLog(path.join(root, 'public'));
    const bench = {
      ...{ gpu, model, data, profiled: () => false },
      certification: { certificate: null, uncertified: 'The benchmark checks no model.' },
      store: diskFeatures(path.join(root, 'public', SAMPLE_LOG.folder, 'features-wordnet-1m.safetensors'), cache),
    };
    const cases = await measureCheckpoints(bench, new TwoSlots(diskSlots(path.join(folder, 'checkpoint'))), onCase);
    return { where: `Node ${process.versions.node}, ${gpu.adapter.description || gpu.adapter.device}`, cases };
  } finally {
    gpu.device.destroy();
    await rm(folder, { recursive: true });
  }
}
