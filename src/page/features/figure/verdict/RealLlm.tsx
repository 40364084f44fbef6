import type { ReactNode } from 'react';
import { REAL_LLM_ID, REAL_LLM_LABEL, REAL_MODEL, realLlmCommand } from '../../../../recipe/realLlm';
import { recordedFiles } from '../../../../recipe/recordedFiles';
import { CopyButton } from '../../../ui/controls/CopyButton';
import { openRecordedRun } from '../../../state/opening/recordedRun';
import { useOpening } from '../../../state/opening/openingState';
import { useExperiment } from '../../../state/run/experiment';
import { realLlmText } from '../../../../readings/verdict/realLlmText';
import { ContinuedText } from './WrittenTexts';
import styles from './Verdict.module.css';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';

/** Below the verdict on a recorded run: what a real LLM wrote, and the way to its run or, if that is shown, where it comes from. */
export function RealLlm() {
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  if (!recorded) return null;
  if (shown === REAL_LLM_ID) return <Source />;
  const label = t(REAL_LLM_LABEL);
  return (
    <section className={styles.written} aria-label={label}>
      <h3>{t('{title}: {model}, trained on the same log', { title: label, model: REAL_MODEL.name })}</h3>
      <ContinuedText text={realLlmText} />
      <p>
        <button
          type="button"
          className="plain"
          onClick={() => {
            void openRecordedRun(REAL_LLM_ID);
          }}
        >
          {t('Show that run')}
        </button>
      </p>
    </section>
  );
}

function Source() {
  const command = realLlmCommand();
  return (
    <section className={styles.source} aria-label={t('Where this run comes from')}>
      <p>
        <T
          text="{model} ({licence}), four bits per weight, on the sample store. The model is not part of this site. <adapters>Adapters of the arms</adapters>, in half precision, as PEFT loads them."
          values={{
            model: REAL_MODEL.name,
            licence: REAL_MODEL.licence,
            adapters: (inside: ReactNode) => (
              <a href={import.meta.env.BASE_URL + recordedFiles(REAL_LLM_ID).adapters} download>
                {inside}
              </a>
            ),
          }}
        />
      </p>
      <details>
        <summary>{t('A command that trains such a run')}</summary>
        <code translate="no">{command}</code>
        <CopyButton label={t('Copy')} text={command} />
      </details>
    </section>
  );
}
