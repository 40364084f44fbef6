import { message, t } from '../../../words/words';
import { lazy, Suspense, type ReactNode } from 'react';
import { fieldAt } from '../../../recipe/fields';
import { PRESETS, type PresetId } from '../../../recipe/presets';
import { REAL_LLM_ID, REAL_MODEL } from '../../../recipe/realLlm';
import { isRecorded } from '../../../recipe/recordedArms';
import { recordedLabel } from '../../../recipe/recordedLabel';
import type { RunSpec } from '../../../recipe/runSpec';
import { useExperiment } from '../../state/run/experiment';
import { isBusy } from '../../../runtime/experimentState';
import { useOwnLog } from '../../state/recipe/ownLog';
import { check, choosePreset, presetOf, setField, useRecipe } from '../../state/recipe/recipe';
import { StartLine } from './models/AdapterOffer';
import { recordedSentence, useAnswering } from '../../state/opening/answering';
import { useOpening } from '../../state/opening/openingState';
import { ask, QUESTIONS } from '../../state/opening/questions';
import { takePreset } from '../../state/opening/recordedRun';
import { useView } from '../../state/view/view';
import { Download } from './models/Download';
import { ModelPicker } from './models/ModelPicker';
import { Arms } from './form/Arms';
import { CertificateLine } from './form/CertificateLine';
import { DeviceLine } from './form/DeviceLine';
import { MemoryLine } from './form/MemoryLine';
import { ProductsLine } from './form/ProductsLine';
import { StorageLine } from './form/StorageLine';
import { TimeLine } from './form/TimeLine';
import { LogDrop } from './log/LogDrop';
import { RecipeFile } from './form/RecipeFile';
import { Field } from './form/Field';
import { CHOSEN, errorOf, FURTHER, sectionPaths, type SectionId } from './form/layout';
import { Section } from './form/Section';
import { Templates } from './templates/Templates';
import { differingPaths } from '../../../recipe/specPath';
import { evaluationLine, logLine, loraLine, modelLine, objectiveLine, trainingLine } from './form/summaries';
import styles from './form/Recipe.module.css';

const RateSearch = lazy(async () => ({ default: (await import('./form/RateSearch')).RateSearch }));
const LogFacts = lazy(async () => ({ default: (await import('./log/LogFacts')).LogFacts }));

/**
 * Two levels: the five choices that matter (model, log, arms, learning rate, steps), and all other settings
 * behind them.
 */
interface RecipeProps {
  /** Steps back and forth through its changes. */
  readonly history: ReactNode;
}

export function Recipe({ history }: RecipeProps) {
  const draft = useRecipe((recipe) => recipe.draft);
  const model = useExperiment((experiment) => experiment.model ?? experiment.record?.model ?? null);
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  const recorded = useExperiment((experiment) => experiment.record?.data ?? null);
  const log = opened?.id === draft.data.id ? opened : recorded;
  const memory = useExperiment((experiment) => experiment.memory);
  const own = useOwnLog() !== null;
  const { errors } = check(draft);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  return (
    <div className={styles.recipe}>
      <Start history={history} />
      <Section
        id="model"
        title={t('Model')}
        line={modelLine(draft, model, memory)}
        errors={errors}
        always={
          <>
            <CertificateLine />
            <ProductsLine />
            <StorageLine />
            <StartLine />
            <Download />
          </>
        }
      >
        <ModelPicker />
      </Section>
      <Section id="log" title={t('Log')} line={logLine(draft, log)} errors={errors} always={<LogDrop />}>
        <Suspense>
          <LogFacts />
        </Suspense>
        <Templates errors={errors} />
      </Section>
      <section className={styles.section}>
        <h3 className={styles.title}>{t('Arms')}</h3>
        <Arms errors={errors} />
      </section>
      <section className={styles.section} aria-label={t('Learning rate and steps')}>
        <div className={styles.chosen}>
          {CHOSEN.map((path) => (
            <Field key={path} field={fieldAt(path)!} error={errorOf(path, errors)} />
          ))}
        </div>
        <TimeLine />
        <DeviceLine />
        <MemoryLine />
        {own && (
          <Suspense>
            <RateSearch />
          </Suspense>
        )}
      </section>
      <Further errors={errors} />
      {busy && <p className={styles.note}>{t('Changes apply to the next run; the running experiment keeps its recipe.')}</p>}
    </div>
  );
}

const LINES: Readonly<Partial<Record<SectionId, readonly [title: string, line: (spec: RunSpec) => string]>>> = {
  lora: [message('LoRA'), loraLine],
  objective: [message('Objective'), objectiveLine],
  training: [message('Training'), trainingLine],
  evaluation: [message('Evaluation'), evaluationLine],
};

/** All other settings. */
function Further({ errors }: { readonly errors: ReadonlyMap<string, string> }) {
  const draft = useRecipe((recipe) => recipe.draft);
  const preset = useRecipe((recipe) => presetOf(recipe.presetId).spec);
  const paths = FURTHER.flatMap(sectionPaths);
  const changed = differingPaths(draft, preset).filter((path) => paths.includes(path)).length;
  const wrong = paths.some((path) => errorOf(path, errors) !== undefined);
  return (
    <details className={styles.further}>
      <summary>
        <span className={styles.title}>{t('All settings')}</span>
        {changed > 0 && <span className={styles.mark}>{t('{n} changed', { n: changed })}</span>}
        {wrong && <span className={styles.error}>{t('to correct')}</span>}
      </summary>
      <Name />
      {FURTHER.map((id) => {
        const [title, line] = LINES[id]!;
        return <Section key={id} id={id} title={t(title)} line={line(draft)} errors={errors} />;
      })}
      <RecipeFile />
    </details>
  );
}

function Name() {
  const name = useRecipe((recipe) => recipe.draft.name);
  return (
    <label className={styles.name}>
      {t('Name')}
      <input
        type="text"
        value={name}
        onChange={(event) => {
          setField('name', event.currentTarget.value);
        }}
      />
    </label>
  );
}

/** Whether a run was made with another recipe than that of a preset; its machine chose the precision. */
function isOlder(run: RunSpec, preset: RunSpec): boolean {
  return differingPaths(run, preset).some((path) => path !== 'model.precision');
}

/** Whether figure and inspector already show a run of the chosen preset. */
function RecordedLine({ presetId }: { readonly presetId: PresetId }) {
  const recorded = useOpening((opening) => opening.recorded);
  const shown = useOpening((opening) => opening.shown);
  const source = useExperiment((experiment) => experiment.source);
  const preparing = useExperiment(({ beginning }) => beginning !== null);
  const older = useExperiment(({ record }) => record !== null && isOlder(record.spec, presetOf(presetId).spec));
  const missing = useExperiment(({ device }) => device.state === 'missing');
  const answering = useAnswering();
  const text = ((): string => {
    if (preparing) return t('The figure shows what is being prepared.');
    if (source === 'live' || source === 'file') return t('The figure shows a run of your own.');
    if (source === 'recorded' && shown === REAL_LLM_ID)
      return t('The figure shows the recorded run of {model}.', { model: REAL_MODEL.name });
    if (recorded.state === 'loading') return t('Loading its recorded run…');
    if (source === 'recorded' && shown === presetId && older)
      return t('The figure shows a run that was recorded with an earlier recipe of this name.');
    if (source === 'recorded' && shown === presetId)
      return missing ? t('The figure shows its recorded run.') : recordedSentence(answering);
    if (isRecorded(presetId) && (recorded.state !== 'absent' || recorded.id !== presetId)) return '\u00a0';
    return shown === null
      ? t('This site has no recorded run of it. Run trains it here.')
      : t('This site has no recorded run of it. The figure still shows that of {run}. Run trains it here.', {
          run: recordedLabel(shown),
        });
  })();
  return (
    <p className={styles.note} aria-live="polite">
      {text}
    </p>
  );
}

function Start({ history }: RecipeProps) {
  const presetId = useRecipe((recipe) => recipe.presetId);
  const asked = useView((view) => view.difference?.[0]);
  const changed = useRecipe(
    (recipe) => differingPaths(recipe.draft, presetOf(recipe.presetId).spec).filter((path) => path !== 'data.id').length,
  );
  return (
    <div className={styles.start}>
      <div role="group" aria-label={t('Presets')}>
        <div className={styles.questions}>
          {QUESTIONS.map((question) => (
            <button
              key={question.id}
              type="button"
              aria-pressed={question.preset === presetId && question.arm === asked}
              title={presetOf(question.preset).note}
              onClick={() => {
                void ask(question, true);
              }}
            >
              {t(question.words)}
            </button>
          ))}
        </div>
        <details className={styles.more} open={!QUESTIONS.some(({ preset }) => preset === presetId)}>
          <summary>{t('More questions')}</summary>
          <div className={styles.presets}>
            {PRESETS.map((preset) => (
              <button
                key={preset.id}
                type="button"
                aria-pressed={preset.id === presetId}
                title={preset.note}
                onClick={() => {
                  void takePreset(preset.id);
                }}
              >
                {preset.label}
              </button>
            ))}
          </div>
        </details>
      </div>
      <p className={styles.note}>
        {presetOf(presetId).note}
        {changed > 0 && (
          <>
            {' '}
            <button
              type="button"
              className="plain"
              onClick={() => {
                choosePreset(presetId);
              }}
            >
              {t('Reset {n} changed', { n: changed })}
            </button>
          </>
        )}{' '}
        {history}
      </p>
      <RecordedLine presetId={presetId} />
    </div>
  );
}
