import { REAL_LLM, realLlmCommand } from '../../recipe/realLlm';
import { recordedFiles } from '../../recipe/recordedFiles';
import { CopyButton } from '../controls/CopyButton';
import { openRecordedRun } from '../opening/recordedRun';
import { useOpening } from '../opening/openingState';
import { useExperiment } from '../state/experiment';
import { realLlmText } from './realLlmText';
import { ContinuedText } from './WrittenTexts';
import styles from './Verdict.module.css';

/** Below the verdict on a recorded run: what a real LLM wrote, and the way to its run or, if that one is shown, where it comes from. */
export function RealLlm() {
  const recorded = useExperiment(({ source }) => source === 'recorded');
  const shown = useOpening((opening) => opening.shown);
  if (!recorded) return null;
  const { label, model, log } = REAL_LLM;
  if (shown !== 'llm')
    return (
      <section className={styles.written} aria-label={label}>
        <h3>
          {label}: {model.name}, trained on a shop’s orders
        </h3>
        <ContinuedText text={realLlmText} />
        <p>
          <button
            type="button"
            className="plain"
            onClick={() => {
              void openRecordedRun('llm');
            }}
          >
            Show that run
          </button>
        </p>
      </section>
    );
  const command = realLlmCommand();
  return (
    <section className={styles.source} aria-label="Where this run comes from">
      <p>
        {model.name} ({model.licence}), four bits per weight, on the first 240,007 lines of{' '}
        <a href={log.url} target="_blank" rel="noopener">
          {log.name}
        </a>{' '}
        ({log.author}; {log.licence}). Neither is part of this site.{' '}
        <a href={import.meta.env.BASE_URL + recordedFiles('llm').adapters} download>
          Adapters of the arms
        </a>
        , in half precision, as PEFT loads them.
      </p>
      <details>
        <summary>The command that trained it</summary>
        <code>{command}</code>
        <CopyButton label="Copy" text={command} />
      </details>
    </section>
  );
}
