/** Exports of the last run. */
import { EMBEDDED_MODEL, runSpecSchema } from '../../recipe/runSpec';
import { LogError } from '../../log/types';
import type { AdapterFile } from '../../engine/peft/write';
import { experimentParts, type ExperimentParts } from '../../experiment/train/experimentParts';
import { zipFiles } from '../../storage/zipWriter';
import type { PageFiles } from '../pageFiles';
import type { ExportQuestions } from '../protocol';
import { exportArchive } from './exportArchive';
import type { StartAdapters } from '../startAdapters';
import type { LogService } from './logs';
import type { ModelService } from './models';
import { askedOf } from './asked';
import type { Trained } from './trained';
import { message, t } from '../../words/words';

/** Files of a model that a trainer reads. */
const MODEL_FILES = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

const NOT_OPEN = message('The log is not open in this tab any more. Open it again.');

export class ExportService implements ExportQuestions {
  constructor(
    private readonly trained: Trained,
    private readonly models: ModelService,
    private readonly logs: LogService,
    private readonly files: Pick<PageFiles, 'fetchBytes' | 'features'>,
    private readonly starts: StartAdapters,
  ) {}

  adapter(arm: string): readonly AdapterFile[] {
    return this.trained.adapter(arm);
  }

  async experiment({ arms, log }: Parameters<ExportQuestions['experiment']>[0]): Promise<ExperimentParts> {
    const adapters = arms.map((arm) => ({ arm, files: this.trained.adapter(arm) }));
    const read = log === null ? null : ((await this.logs.peek(log)) ?? undefined);
    return experimentParts(adapters, read);
  }

  async job({
    spec: asked,
    model: read,
  }: Parameters<ExportQuestions['job']>[0]): Promise<{ readonly archive: Blob } | { readonly problem: string }> {
    const spec = runSpecSchema.parse(asked);
    const data = await this.logs.peek(spec.data.id);
    if (data === null) return { problem: t(NOT_OPEN) };
    // The trainer's files are not part of the first load.
    const { JobError, jobFiles } = await import('../../experiment/job/jobFiles');
    try {
      const withModel = spec.model.id === EMBEDDED_MODEL;
      const stored = { model: read, store: this.files.features(spec.data.id, spec.model.id) };
      const files = await jobFiles({ spec, plan: null, data, withModel, start: this.starts.of(spec), stored });
      const model = withModel ? MODEL_FILES : [];
      const fetched = model.map(async (name) => {
        return { path: `model/${name}`, bytes: new Uint8Array(await this.files.fetchBytes(`models/${EMBEDDED_MODEL}/${name}`)) };
      });
      const all = [...files, ...(await Promise.all(fetched))];
      return { archive: zipFiles(all.map(({ path, bytes }) => ({ path: `job/${path}`, pieces: [bytes] }))) };
    } catch (error) {
      if (error instanceof JobError || error instanceof RangeError) return { problem: error.message };
      throw error;
    }
  }

  async log({
    id,
    format,
  }: Parameters<ExportQuestions['log']>[0]): Promise<
    { readonly name: string; readonly archive: Blob } | { readonly problem: string }
  > {
    const read = await this.logs.peek(id);
    if (read === null) return { problem: t(NOT_OPEN) };
    const { writeLogAs } = await import('../../log/exports');
    try {
      const files = writeLogAs(format, read).map(async (file) => ({
        path: file.name,
        pieces: [new Uint8Array(await file.arrayBuffer())],
      }));
      return { name: `${read.log.name}.${format}.zip`, archive: zipFiles(await Promise.all(files)) };
    } catch (error) {
      if (error instanceof LogError || error instanceof RangeError) return { problem: error.message };
      throw error;
    }
  }

  async model({
    speaker,
    form,
    ...asked
  }: Parameters<ExportQuestions['model']>[0]): Promise<{ readonly name: string; readonly archive: Blob }> {
    const inputs = await this.trained.speakers(askedOf(asked));
    const source = await (await this.models.shelf()).source(inputs.spec.model);
    return exportArchive(inputs, source, speaker, form);
  }
}
