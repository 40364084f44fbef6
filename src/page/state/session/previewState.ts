/** The recipe's texts in tokens, from the worker's last answer; not part of a record. */
import { create } from '../store';
import type { RunSpec } from '../../../recipe/runSpec';
import type { PreviewQuestion, TemplatePreview } from '../../../record/templatePreview';
import { sentenceOf } from '../../../runtime/failure';
import { Latest } from '../../../runtime/rpc/latest';
import { unansweredFor, type Services } from '../run/trainingLink';

export interface Previewing {
  readonly preview: TemplatePreview | null;
  /** Why there is no preview. */
  readonly problem: string | null;
}

export const usePreview = create<Previewing>()(() => ({ preview: null, problem: null }));

/**
 * Requests the recipe's texts in tokens; the answer appears in `usePreview`, unless another request follows.
 */
export type AskPreview = (spec: RunSpec, question: PreviewQuestion) => void;

export function startPreviews(services: () => Pick<Services, 'templates'>): AskPreview {
  const latest = new Latest();
  async function ask(spec: RunSpec, question: PreviewQuestion): Promise<void> {
    const onPart = (preview: TemplatePreview): void => {
      usePreview.setState({ preview, problem: null });
    };
    try {
      const answer = await latest.ask((signal) => services().templates.preview({ spec, question }, { signal, onPart }));
      if (answer !== null) usePreview.setState(answer);
    } catch (error) {
      const failure = unansweredFor(error);
      if (failure !== null) usePreview.setState({ preview: null, problem: sentenceOf(failure) });
    }
  }
  return (spec, question) => void ask(spec, question);
}
