import type { ReactNode } from 'react';
import { isRealLlm, REAL_LLM_IDS, REAL_LLMS, REAL_MODEL, realLlmCommand, type RealLlmId } from '../../../../recipe/realLlm';
import { recordedFiles } from '../../../../recipe/recordedFiles';
import { count } from '../../../../readings/format';
import { CopyButton } from '../../../ui/controls/CopyButton';
import { openRecordedRun } from '../../../state/opening/recordedRun';
import { useOpening } from '../../../state/opening/openingState';
import { useExperiment } from '../../../state/run/experiment';
import { realLlmText } from '../../../../readings/verdict/realLlmText';
import { ContinuedText } from './WrittenTexts';
import styles from './Verdict.module.css';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';

/** Below the verdict on a recorded run: what a real LLM wrote, and the way to its runs or, if one of them is shown, where it comes from. */
export function RealLlm() {
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  if (!recorded) return null;
  if (shown !== null && isRealLlm(shown)) return <Source id={shown} />;
  const { label } = REAL_LLMS[REAL_LLM_IDS[0]];
  return (
    <section className={styles.written} aria-label={t(label)}>
      <h3>{t('{title}: {model}, trained on a shop’s orders', { title: t(label), model: REAL_MODEL.name })}</h3>
      <ContinuedText text={realLlmText} />
      {REAL_LLM_IDS.map((id, index) => (
        <OpenRun key={id} id={id} words={index === 0 ? t('Show that run') : undefined} />
      ))}
    </section>
  );
}

function OpenRun({ id, words }: { readonly id: RealLlmId; readonly words?: string | undefined }) {
  return (
    <p>
      <button
        type="button"
        className="plain"
        onClick={() => {
          void openRecordedRun(id);
        }}
      >
        {words ?? t('Show the recorded run: {label}', { label: t(REAL_LLMS[id].label) })}
      </button>
    </p>
  );
}

function Source({ id }: { readonly id: RealLlmId }) {
  const { log } = REAL_LLMS[id];
  const command = realLlmCommand(id);
  const adapters = (inside: ReactNode) => (
    <a href={import.meta.env.BASE_URL + recordedFiles(id).adapters} download>
      {inside}
    </a>
  );
  return (
    <section className={styles.source} aria-label={t('Where this run comes from')}>
      <p>
        {log === null ? (
          <T
            text="{model} ({licence}), four bits per weight, on the sample store. The model is not part of this site. <adapters>Adapters of the arms</adapters>, in half precision, as PEFT loads them."
            values={{ model: REAL_MODEL.name, licence: REAL_MODEL.licence, adapters }}
          />
        ) : (
          <T
            text="{model} ({licence}), four bits per weight, on the first {lines} lines of <log>{name}</log> ({author}; {logLicence}). The model is not part of this site. <adapters>Adapters of the arms</adapters>, in half precision, as PEFT loads them."
            values={{
              model: REAL_MODEL.name,
              licence: REAL_MODEL.licence,
              lines: count(log.lines),
              name: log.name,
              author: log.author,
              logLicence: log.licence,
              log: (inside) => (
                <a href={log.url} target="_blank" rel="noopener">
                  {inside}
                </a>
              ),
              adapters,
            }}
          />
        )}
      </p>
      {REAL_LLM_IDS.filter((other) => other !== id).map((other) => (
        <OpenRun key={other} id={other} />
      ))}
      <details>
        <summary>{t('A command that trains such a run')}</summary>
        <code translate="no">{command}</code>
        <CopyButton label={t('Copy')} text={command} />
      </details>
    </section>
  );
}
