/** Which titles of a log the recipe's model knows by heart. */
import { knownTitles, titleNlls } from '../../experiment/inspect/knownTitles';
import type { AuditFinding } from '../../log/audit';
import { runSpecSchema } from '../../recipe/runSpec';
import type { TitleProgress, TitleQuestions } from '../protocol';
import type { Asking } from '../rpc/messages';
import type { DeviceService } from './device';
import type { Loading } from './loading';
import type { ModelService } from './models';

export class TitleService implements TitleQuestions {
  constructor(
    private readonly device: DeviceService,
    private readonly models: ModelService,
    private readonly loading: Loading,
  ) {}

  async known(
    { spec: given, trials }: Parameters<TitleQuestions['known']>[0],
    { signal, tell }: Asking<TitleProgress>,
  ): Promise<AuditFinding | null> {
    const spec = runSpecSchema.parse(given);
    const gpu = await this.device.get();
    const model = await this.loading.during(() => this.models.load(spec.model));
    const onProgress = (done: number, total: number): void => {
      tell({ done, total });
    };
    return knownTitles(trials, await titleNlls(gpu, model, trials, spec.model, { signal, onProgress }), spec.model.id);
  }
}
