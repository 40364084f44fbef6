import { t } from '../../../../words/words';
import { useEffect, useState } from 'react';
import { runSpecSchema } from '../../../../recipe/runSpec';
import type { PreviewQuestion } from '../../../../record/templatePreview';
import { useExperiment } from '../../../state/run/experiment';
import { useRecipe } from '../../../state/recipe/recipe';
import { useSession } from '../../../state/session/SessionContext';
import { ExampleChoice, QueryChoice } from './ExampleChoice';
import { usePreview } from '../../../state/session/previewState';
import { TemplateField } from './TemplateField';
import styles from './Templates.module.css';

/** Milliseconds without a change before the worker is asked. */
const SETTLED = 250;

/** The texts that the model reads: templates, and their texts for an item and a query of the open log. */
export function Templates({ errors }: { readonly errors: ReadonlyMap<string, string> }) {
  const [asked, setAsked] = useState<PreviewQuestion>({ item: 0, query: 0, search: '' });
  useQuestion(asked);
  const preview = usePreview((state) => state.preview);
  const problem = usePreview((state) => state.problem);
  const itemInterface = useRecipe((recipe) => recipe.draft.objective.itemInterface);
  const change = (part: Partial<PreviewQuestion>): void => {
    setAsked({ ...asked, ...part });
  };
  return (
    <section className={styles.templates} aria-label={t('Texts that the model reads')}>
      <h4>{t('Texts that the model reads')}</h4>
      {problem !== null && <p className={styles.note}>{problem}</p>}
      {preview !== null && <ExampleChoice preview={preview} search={asked.search} onChange={change} />}
      <TemplateField
        kind="item"
        path="data.itemTemplate"
        label={t('Item text y')}
        note={t('What is generated and reconstructed; hidden features are computed from it too.')}
        preview={preview}
        error={errors.get('data.itemTemplate')}
      />
      <TemplateField
        kind="history"
        path="data.historyTemplate"
        label={t('Item in a history')}
        note={
          itemInterface === 'text'
            ? t('Its tokens are part of the prompt.')
            : t('The item’s token starts from the mean of these tokens’ embeddings.')
        }
        preview={preview}
        error={errors.get('data.historyTemplate')}
      />
      {preview?.query && <QueryChoice preview={preview} onChange={change} />}
      <TemplateField
        kind="query"
        path="data.queryTemplate"
        label={t('Query in the prompt')}
        note={preview?.query === null ? t('This log has no queries.') : t('Comes after the history.')}
        preview={preview}
        error={errors.get('data.queryTemplate')}
      />
    </section>
  );
}

/** Asks the worker whenever what the texts depend on has stopped changing. */
function useQuestion(asked: PreviewQuestion): void {
  const { previewTemplates } = useSession();
  const model = useRecipe((recipe) => recipe.draft.model);
  const data = useRecipe((recipe) => recipe.draft.data);
  const objective = useRecipe((recipe) => recipe.draft.objective);
  // A new worker does not know an earlier one's questions; a newly loaded model or log may be the recipe's.
  const device = useExperiment((experiment) => experiment.device.state);
  const log = useExperiment((experiment) => experiment.log?.summary.hash ?? null);
  const loaded = useExperiment((experiment) => experiment.model?.hash ?? null);
  useEffect(() => {
    // Errors in other sections do not matter here.
    const { data: spec } = runSpecSchema.safeParse({ model, data, objective });
    if (spec === undefined || device === 'probing') return;
    const timer = setTimeout(() => {
      previewTemplates(spec, asked);
    }, SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [previewTemplates, asked, model, data, objective, device, log, loaded]);
}
