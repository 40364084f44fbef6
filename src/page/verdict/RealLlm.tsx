import { REAL_LLM, realLlmCommand } from '../../recipe/realLlm';
import { recordedFiles } from '../../recipe/recordedFiles';
import { count } from '../format';
import { CopyButton } from '../controls/CopyButton';
import { openRecordedRun } from '../opening/recordedRun';
import { useOpening } from '../opening/openingState';
import { useExperiment } from '../state/experiment';
import { realLlmText } from './realLlmText';
import { ContinuedText } from './WrittenTexts';
import styles from './Verdict.module.css';
import { T } from '../../words/T';
import { t } from '../../words/words';

/** Below the verdict on a recorded run: what a real LLM wrote, and the way to its run or, if that one is shown, where it comes from. */
export function RealLlm() {
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  if (!recorded) return null;
  const { label, model, log } = REAL_LLM;
  if (shown !== 'llm')
    return (
      <section className={styles.written} aria-label={t(label)}>
        <h3>{t('{title}: {model}, trained on a shop’s orders', { title: t(label), model: model.name })}</h3>
        <ContinuedText text={realLlmText} />
        <p>
          <button
            type="button"
            className="plain"
            onClick={() => {
              void openRecordedRun('llm');
            }}
          >
            {t('Show that run')}
          </button>
        </p>
      </section>
    );
  const command = realLlmCommand();
  return (
    <section className={styles.source} aria-label={t('Where this run comes from')}>
      <p>
        <T
          text="{model} ({licence}), four bits per weight, on the first {lines} lines of <log>{name}</log> ({author}; {logLicence}). Neither is part of this site. <adapters>Adapters of the arms</adapters>, in half precision, as PEFT loads them."
          values={{
            model: model.name,
            licence: model.licence,
            lines: count(240_007),
            name: log.name,
            author: log.author,
            logLicence: log.licence,
            log: (inside) => (
              <a href={log.url} target="_blank" rel="noopener">
                {inside}
              </a>
            ),
            adapters: (inside) => (
              <a href={import.meta.env.BASE_URL + recordedFiles('llm').adapters} download>
                {inside}
              </a>
            ),
          }}
        />
      </p>
      <details>
        <summary>{t('The command that trained it')}</summary>
        <code translate="no">{command}</code>
        <CopyButton label={t('Copy')} text={command} />
      </details>
    </section>
  );
}
