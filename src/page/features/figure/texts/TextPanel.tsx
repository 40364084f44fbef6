import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { armMark } from '../../../../scene/marks/armMark';
import { BASE_MODEL, type TextPart } from '../../../../record/generation';
import { ModelSection } from '../../../ui/controls/ModelSection';
import { count } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { useExperiment } from '../../../state/run/experiment';
import { useAnswering, writingSentence } from '../../../state/opening/answering';
import { useAsked } from '../../../state/opening/asked';
import { useSession } from '../../../state/session/SessionContext';
import { useTexts } from '../../../state/session/texts';
import { useView } from '../../../state/view/view';
import { Panel } from '../../../ui/panel/Panel';
import { useMeasuredRecord } from '../../../state/run/useFigureArms';
import { textSentence, textTable } from './textData';
import { TextForm } from './TextForm';
import styles from './Texts.module.css';

/** Base model and arms continue one prompt, side by side, token by token. */
export function TextPanel() {
  const { probes } = useMeasuredRecord();
  const chosen = useView((view) => view.probe);
  const live = useExperiment((experiment) => experiment.source === 'live');
  const answering = useAnswering();
  const texts = useTexts();
  const probe = probes[Math.min(chosen, probes.length - 1)];
  if (!probe) return null;
  return (
    <Panel
      name={() => t('Generated text')}
      wide
      title={t('What do the models write?')}
      drawn={false}
      table={() => textTable(texts)}
      sentence={textSentence(texts)}
      caption={
        <T
          text="Each model continues the same prompt, token by token, with its <lora>LoRA</lora> on one shared copy of the weights. History: [BOS], the items, [EMB], after which λ_gen trains the next item’s text; item tokens and [EMB] are each arm’s own. Item: its text up to the description. Computed by ONNX Runtime with float32 weights."
          values={{ lora: (inside) => <Term id="lora">{inside}</Term> }}
        />
      }
    >
      <TextForm probe={probe} probes={probes} />
      {!live && (
        <p className={styles.note}>
          {answering.recorded
            ? writingSentence(answering, texts.state === 'done' && texts.speakers.length === 1)
            : t(
                'Only the base model of the recipe can write: a run record has no adapters. Run, then pause or stop, to see the arms’ texts too.',
              )}
        </p>
      )}
      {texts.problem !== null && <p role="alert">{texts.problem}</p>}
      {texts.state === 'waiting' && (
        <p role="status" className={styles.note}>
          {t('Opening the model…')}
        </p>
      )}
      {texts.speakers.length > 0 && (
        <>
          <p className={styles.prompt}>
            <span>{t('Prompt')}</span> <span translate="no">{texts.prompt}</span>
          </p>
          {texts.target !== null && (
            <p className={styles.prompt}>
              <span>{t('Next')}</span> <span translate="no">{texts.target}</span>
            </p>
          )}
          <div className={styles.models}>
            {texts.speakers.map((speaker) => (
              <Speaker key={speaker.id} speaker={speaker} />
            ))}
          </div>
        </>
      )}
    </Panel>
  );
}

type SpeakerInfo = Extract<TextPart, { type: 'started' }>['speakers'][number];

function Speaker({ speaker }: { readonly speaker: SpeakerInfo }) {
  const { id, label, step } = speaker;
  const session = useSession();
  const asked = useAsked();
  const said = useTexts((texts) => texts.said[id]);
  const state = useTexts((texts) => texts.state);
  const ids = useTexts((texts) => texts.speakers).map((one) => one.id);
  const exporting = useTexts((texts) => texts.exporting.includes(id));
  const done = state === 'done';
  return (
    <ModelSection
      name={t('Text of {model}', { model: label })}
      label={label}
      mark={armMark(id, ids)}
      note={id === BASE_MODEL ? undefined : t('step {step}', { step: count(step) })}
      busy={state === 'speaking'}
    >
      <blockquote className={styles.text} data-speaking={state === 'speaking'} translate={said ? 'no' : undefined}>
        {said?.text ?? (done ? t('(nothing: its first token ends the text)') : '')}
      </blockquote>
      <p className={styles.foot}>
        <span>{said ? t('{n} tokens', { n: count(said.tokens) }) : ''}</span>
        <button
          type="button"
          className="plain"
          disabled={exporting || asked === null}
          title={t('A ZIP with an ONNX file that transformers.js loads')}
          onClick={() => {
            if (asked !== null) session.texts.exportOnnx(id, asked);
          }}
        >
          {exporting ? t('Writing…') : t('Save as ONNX')}
        </button>
      </p>
    </ModelSection>
  );
}
