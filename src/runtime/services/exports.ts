/** What a person takes away of the last run. */
import { runSpecSchema } from '../../recipe/runSpec';
import type { AdapterFile } from '../../engine/peft/write';
import { experimentParts, type ExperimentParts } from '../experimentParts';
import type { ExportQuestions } from '../protocol';
import { exportArchive } from './exportArchive';
import type { LogService } from './logs';
import type { ModelService } from './models';
import type { Trained } from './trained';

export class ExportService implements ExportQuestions {
  constructor(
    private readonly trained: Trained,
    private readonly models: ModelService,
    private readonly logs: LogService,
  ) {}

  adapter(arm: string): readonly AdapterFile[] {
    return this.trained.adapter(arm);
  }

  async experiment({ arms, log }: Parameters<ExportQuestions['experiment']>[0]): Promise<ExperimentParts> {
    const adapters = arms.map((arm) => ({ arm, files: this.trained.adapter(arm) }));
    const read = log === null ? null : ((await this.logs.peek(log)) ?? undefined);
    return experimentParts(adapters, read);
  }

  async onnx({
    speaker,
    spec,
  }: Parameters<ExportQuestions['onnx']>[0]): Promise<{ readonly name: string; readonly archive: Blob }> {
    const inputs = await this.trained.speakers(runSpecSchema.parse(spec));
    const source = await (await this.models.shelf()).source(inputs.spec.model);
    return exportArchive(inputs, source, speaker);
  }
}
