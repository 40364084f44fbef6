import { useEffect, useId, useState } from 'react';
import { t } from '../../../../words/words';
import { CURATED_MODELS, type CuratedModel } from '../../../../model/curatedModels';
import { parseModelId } from '../../../../model/modelOrigin';
import { precisionText } from '../../../../record/fileStorage';
import { megabytes, type MemoryForecast } from '../../../../record/memoryPlan';
import { EMBEDDED_MODEL } from '../../../../recipe/runSpec';
import { bytes, count, shortCount } from '../../../../readings/format';
import { OfflineLine } from './OfflineLine';
import { openChosen } from '../../../state/session/open';
import { useSettledRecipe } from '../../../state/recipe/useSettledRecipe';
import { chooseModel, setField, useRecipe } from '../../../state/recipe/recipe';
import { useSession } from '../../../state/session/SessionContext';
import { AgreedHubs } from './AgreedHubs';
import { KeptModels } from './KeptModels';
import { useModels } from '../../../state/session/modelsState';
import styles from './Models.module.css';

/** Where the model comes from: the curated list, a hub or mirror, a folder. */
export function ModelPicker() {
  useSurvey();
  const chosen = useRecipe((recipe) => recipe.draft.model.id);
  const listed = CURATED_MODELS.some(({ id }) => id === chosen);
  return (
    <div className={styles.picker}>
      <fieldset className={styles.list}>
        <legend>{t('Model')}</legend>
        {CURATED_MODELS.map((model) => (
          <Offer key={model.id} model={model} chosen={model.id === chosen} />
        ))}
        {!listed && (
          <label className={styles.offer}>
            <input type="radio" name="model" checked readOnly />
            <span className={styles.name} translate="no">
              {chosen}
            </span>
          </label>
        )}
      </fieldset>
      <Paste />
      <Folder />
      <KeptModels />
      <AgreedHubs />
      <OfflineLine />
    </div>
  );
}

function Offer({ model, chosen }: { readonly model: CuratedModel; readonly chosen: boolean }) {
  const forecast = useModels((models) => models.forecasts[model.id]);
  const kept = useModels((models) => models.kept?.groups.some(({ group, whole }) => group === model.id && whole) ?? false);
  const size =
    model.id === EMBEDDED_MODEL
      ? null
      : kept
        ? t('stored here')
        : model.bytes === null
          ? null
          : t('{size} download', { size: bytes(model.bytes) });
  return (
    <label className={styles.offer}>
      <input
        type="radio"
        name="model"
        checked={chosen}
        onChange={() => {
          chooseModel(model.id);
          setField('model.revision', 'main');
        }}
      />
      <span className={styles.name} translate="no">
        {model.title}
      </span>
      <span className={styles.size}>{shortCount(model.parameters)}</span>
      <span className={styles.facts}>
        <span translate="no">{model.licence}</span>
        {['', t('context {n} tokens', { n: count(model.config.maxPositions) }), size].filter((part) => part !== null).join(' · ')}
        {model.gated && ` · ${t('gated: accept its terms on the hub, then open its folder here')}`}
      </span>
      <Fit forecast={forecast} />
      {model.verified && (
        <span className={styles.facts} title={t('npm run verify:llm: every check passed')}>
          {t('verified {date} on {adapter}, {form}', { ...model.verified })}
        </span>
      )}
    </label>
  );
}

/** The memory that the current recipe needs with a model, or why it cannot run here. */
function Fit({ forecast }: { readonly forecast: MemoryForecast | undefined }) {
  if (forecast === undefined) return null;
  const { plan, problem, precision, fileStorage, uncertified } = forecast;
  if (problem !== null) return <span className={styles.problem}>{t('Cannot run here: {problem}', { problem })}</span>;
  return (
    <span className={styles.facts} title={uncertified}>
      {[
        ...(plan ? [t('this recipe needs {size} of GPU memory', { size: megabytes(plan.total) })] : []),
        ...(precision ? [t('weights in {precision}', { precision: precisionText(precision, fileStorage) })] : []),
        ...(uncertified !== undefined ? [t('too large to be compared with ONNX Runtime here')] : []),
      ].join(', ')}
    </span>
  );
}

function Paste() {
  const id = useId();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const use = (): void => {
    const parsed = parseModelId(text);
    setWrong(parsed === null);
    if (parsed === null) return;
    chooseModel(parsed.id);
    if (parsed.revision !== undefined) setField('model.revision', parsed.revision);
    if (parsed.baseUrl !== undefined) setField('model.baseUrl', parsed.baseUrl);
    setText('');
  };
  return (
    <form
      className={styles.paste}
      onSubmit={(event) => {
        event.preventDefault();
        use();
      }}
    >
      <label htmlFor={id}>{t('Another: ID or URL on a hub')}</label>
      <input
        id={id}
        type="text"
        placeholder={t('organisation/name@revision')}
        value={text}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-error` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
      />
      <button type="submit" disabled={text.trim() === ''}>
        {t('Use')}
      </button>
      {wrong && (
        <p id={`${id}-error`} className={styles.problem} role="alert">
          {t(
            'This is not a model ID. Write organisation/name as on the hub, with @revision where you want one, or the URL of its page.',
          )}
        </p>
      )}
    </form>
  );
}

function Folder() {
  const session = useSession();
  const id = useId();
  return (
    <p className={styles.folder}>
      <label htmlFor={id}>{t('Open a model folder')}</label>
      <input
        id={id}
        type="file"
        multiple
        // Not in React's types.
        {...{ webkitdirectory: '' }}
        onChange={({ currentTarget }) => {
          openChosen(currentTarget, session);
        }}
      />{' '}
      {t('or drop it on the page: config.json, tokenizer, safetensors.')}
    </p>
  );
}

/** Milliseconds without a change before the worker is asked. */
const SETTLED = 500;

/** While the list is open: what fits with the current recipe, and what is stored. */
function useSurvey(): void {
  const { models } = useSession();
  useEffect(() => {
    models.list();
  }, [models]);
  useSettledRecipe(models.survey, SETTLED);
}
