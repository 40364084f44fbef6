import type { ReactNode } from 'react';
import { REAL_LLM_ID, REAL_MODEL, realLlmCommand } from '../../../../recipe/realLlm';
import { recordedFiles } from '../../../../recipe/recordedFiles';
import { CopyButton } from '../../../ui/controls/CopyButton';
import { useOpening } from '../../../state/opening/openingState';
import { useExperiment } from '../../../state/run/experiment';
import styles from './Verdict.module.css';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';

/** Below the verdict on the recorded run of a real LLM: where that comes from. */
export function RealLlm() {
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  if (!recorded || shown !== REAL_LLM_ID) return null;
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
