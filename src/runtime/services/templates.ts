/** A recipe's texts, as read by its model. */
import { TemplatePreviews } from '../../experiment/inspect/templatePreview';
import { ModelError } from '../../model/modelError';
import { runSpecSchema } from '../../recipe/runSpec';
import type { TemplatePreview } from '../../record/templatePreview';
import type { TemplateAnswer, TemplateQuestions } from '../protocol';
import type { Asking } from '../rpc/messages';
import type { LogService } from './logs';
import type { ModelService } from './models';
import { t } from '../../words/words';

export class TemplateService implements TemplateQuestions {
  readonly #previews = new TemplatePreviews();

  constructor(
    private readonly models: ModelService,
    private readonly logs: LogService,
  ) {}

  async preview(
    { spec: given, question }: Parameters<TemplateQuestions['preview']>[0],
    { tell, signal }: Asking<TemplatePreview>,
  ): Promise<TemplateAnswer> {
    const spec = runSpecSchema.parse(given);
    const none = (problem: string): TemplateAnswer => ({ preview: null, problem });
    try {
      const reader = await (await this.models.shelf()).reader(spec.model);
      const read = await this.logs.peek(spec.data.id);
      if (reader === null) return none(t('Download the model to see its tokens.'));
      if (read === null) return none(t('Open the log of this recipe to see its texts.'));
      return { preview: await this.#previews.answer(reader, read.log, spec, question, tell, signal), problem: null };
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return none(error.message);
    }
  }
}
