/** Fits the heads that ship with the sample store, for the presets of the embedded model whose arms start alike. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HeadStore } from '../experiment/keptHeads';
import { shippedName } from '../experiment/shippedHeads';
import { prepareBaselines } from '../experiment/stages/baselines';
import { contextOf } from '../experiment/stages/context';
import { prepare } from '../experiment/stages/data';
import { openEngine } from '../experiment/stages/engine';
import { makeFeatures } from '../experiment/stages/features';
import { fitStart } from '../experiment/stages/fit';
import { compileKernels } from '../experiment/stages/kernels';
import { fitMemory } from '../experiment/stages/memory';
import type { Gpu } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { SAMPLE_LOG } from '../log/sampleLog';
import type { ReadLog } from '../log/readLog';
import type { LoadedModel } from '../model/loadedModel';
import { configureOrt } from '../model/ortSession';
import { PRESETS } from '../recipe/presets';
import { EMBEDDED_MODEL, type RunSpec } from '../recipe/runSpec';
import type { HeadStartRecord } from '../record/runRecord';
import { diskFeatures, openModel, openSampleLog } from './diskSource';

/** Presets whose heads ship: the ones that newcomers run. Others may begin alike, and then have them too. */
export const SHIPPED_PRESETS = ['collapse', 'tuned', 'quick'] as const;

/** The recipe of such a preset. */
export function shippedRecipe(id: (typeof SHIPPED_PRESETS)[number]): RunSpec {
  const { spec } = PRESETS.find((preset) => preset.id === id)!;
  if (spec.model.id !== EMBEDDED_MODEL || spec.data.id !== SAMPLE_LOG.id)
    throw new Error(`the preset ${id} has another model or log`);
  return spec;
}

export interface FitInputs {
  readonly gpu: Gpu;
  readonly model: LoadedModel;
  readonly data: Omit<ReadLog, 'findings'>;
  /** The folder of the page's files. */
  readonly site: string;
  readonly heads: HeadStore;
}

/** The first stages of a run, up to the heads that its arms start from. */
export async function fitRecipe(spec: RunSpec, { gpu, model, data, site, heads }: FitInputs): Promise<HeadStartRecord | null> {
  const store = diskFeatures(path.join(site, SAMPLE_LOG.folder, SAMPLE_LOG.features), path.join(site, 'none'));
  const inputs = { gpu, spec, model, data, store, heads, certification: { certificate: null }, profiled: () => false };
  const context = contextOf(
    inputs,
    () => undefined,
    () => Promise.resolve('stop'),
  );
  const features = await makeFeatures(await compileKernels(fitMemory(await prepare(context))));
  const engine = await openEngine(await prepareBaselines(features));
  try {
    return (await fitStart(engine)).headStart;
  } finally {
    engine.engine.destroy();
  }
}

/** @param root the repository's folder */
export async function shipHeads(root: string): Promise<void> {
  const site = path.join(root, 'public');
  const folder = path.join(site, SAMPLE_LOG.folder, 'heads');
  const gpu = await openNodeGpu();
  configureOrt();
  const { model } = await openModel(path.join(site, 'models', EMBEDDED_MODEL), EMBEDDED_MODEL);
  const data = await openSampleLog(site);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(path.join(folder, name));
  const known = new Map<string, Uint8Array<ArrayBuffer>>();
  const heads: HeadStore = {
    read: (key) => Promise.resolve(known.has(key) ? { bytes: known.get(key)!, from: 'stored' } : null),
    async write(key, bytes) {
      known.set(key, bytes);
      await writeFile(path.join(folder, shippedName(key)), bytes);
    },
  };
  for (const id of SHIPPED_PRESETS) {
    const record = await fitRecipe(shippedRecipe(id), { gpu, model, data, site, heads });
    console.info(id, record?.fitted === true ? `${record.seconds.toFixed(1)} s ${record.from ?? ''}` : 'is not fitted');
  }
  await writeFile(path.join(root, 'src/experiment/shippedHeads.json'), `${JSON.stringify([...known.keys()], null, 2)}\n`);
}
