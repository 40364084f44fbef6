import { Fragment, useMemo } from 'react';
import { armMark } from '../../../../scene/marks/armMark';
import type { Continuation } from '../../../../record/runRecord';
import { leftOut } from '../../../../record/shortened';
import { Swatch } from '../../../ui/controls/Swatch';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { withLineSigns, percent } from '../../../../readings/format';
import { useView } from '../../../state/view/view';
import { writtenTexts, type WrittenText } from '../../../../readings/verdict/writtenTexts';
import styles from './Verdict.module.css';
import { t } from '../../../../words/words';

/**
 * How each model continues the same words: first one prompt, then the others.
 * @param prompt index, in the recipe, of the first one; default: the one on which the arms differ most
 */
export function WrittenTexts({ prompt }: { readonly prompt?: number | undefined }) {
  const record = useMeasuredRecord();
  const step = useView((view) => view.step);
  const texts = useMemo(() => writtenTexts(record, step, prompt), [record, step, prompt]);
  const [first, ...others] = texts;
  const gone = leftOut(record, 'texts');
  if (gone !== null)
    return (
      <section className={styles.written} aria-label={t('What each model writes')}>
        <h3>{t('What each model writes')}</h3>
        <p className={styles.note}>{gone}</p>
      </section>
    );
  if (first === undefined) return null;
  return (
    <section className={styles.written} aria-label={t('What each model writes')}>
      <h3>{t('What each model writes')}</h3>
      <ContinuedText text={first} />
      {others.length > 0 && (
        <details>
          <summary>{t('{n, plural, =1 {One more prompt} other {# more prompts}}', { n: others.length })}</summary>
          {others.map((text) => (
            <ContinuedText key={text.prompt} text={text} />
          ))}
        </details>
      )}
      <p className={styles.note}>
        {t('Greedy decoding; the fainter a word, the less probable it is under the model.')}
        {prompt === undefined &&
          ` ${t('The first prompt is the one for which the arms differ most in the likelihood of the base model’s continuation.')}`}
      </p>
    </section>
  );
}

/** What each model writes after a prompt. */
function ContinuedText({ text: { prompt, models } }: { readonly text: WrittenText }) {
  const ids = models.map(({ id }) => id);
  return (
    <dl className={styles.text}>
      {models.map(({ id, label, continuation }) => (
        <Fragment key={id}>
          <dt>
            <Swatch mark={armMark(id, ids)} /> {id === 'base' ? t('Base model') : <span translate="no">{label}</span>}
          </dt>
          <dd translate="no">
            <b>{prompt}</b>
            <Tokens continuation={continuation} />
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Minimum opacity of a word: the least likely ones still have a contrast of 4.5, in light and dark. */
const FAINTEST = 0.65;

function Tokens({ continuation: { tokens } }: { readonly continuation: Continuation }) {
  if (tokens.length === 0) return <i> {t('(nothing: the text ends here)')}</i>;
  return tokens.map(([piece, probability], place) => (
    <span key={place} style={{ opacity: FAINTEST + (1 - FAINTEST) * probability }} title={`${percent(probability)}\u00a0%`}>
      {withLineSigns(piece)}
    </span>
  ));
}
