import { useEffect, useId, useState } from 'react';
import { CURATED_MODELS, type CuratedModel } from '../../model/curatedModels';
import { parseModelId } from '../../model/modelOrigin';
import { precisionText } from '../../record/fileStorage';
import { megabytes, type MemoryForecast } from '../../record/memoryPlan';
import { EMBEDDED_MODEL } from '../../recipe/runSpec';
import { bytes, count, shortCount } from '../format';
import { OfflineLine } from '../offline/OfflineLine';
import { openChosen } from '../opening/open';
import { useSettledRecipe } from '../recipe/useSettledRecipe';
import { setField, useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';
import { AgreedHubs } from './AgreedHubs';
import { KeptModels } from './KeptModels';
import { useModels } from './modelsState';
import styles from './Models.module.css';

/** Where the model comes from: the curated list, a hub or mirror, a folder. */
export function ModelPicker() {
  useSurvey();
  const chosen = useRecipe((recipe) => recipe.draft.model.id);
  const listed = CURATED_MODELS.some(({ id }) => id === chosen);
  return (
    <div className={styles.picker}>
      <fieldset className={styles.list}>
        <legend>Model</legend>
        {CURATED_MODELS.map((model) => (
          <Offer key={model.id} model={model} chosen={model.id === chosen} />
        ))}
        {!listed && (
          <label className={styles.offer}>
            <input type="radio" name="model" checked readOnly />
            <span className={styles.name}>{chosen}</span>
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
    model.id === EMBEDDED_MODEL ? null : kept ? 'stored here' : model.bytes === null ? null : `${bytes(model.bytes)} download`;
  return (
    <label className={styles.offer}>
      <input
        type="radio"
        name="model"
        checked={chosen}
        onChange={() => {
          setField('model.id', model.id);
          setField('model.revision', 'main');
        }}
      />
      <span className={styles.name}>{model.title}</span>
      <span className={styles.size}>{shortCount(model.parameters)}</span>
      <span className={styles.facts}>
        {[model.licence, `context ${count(model.config.maxPositions)} tokens`, size].filter(Boolean).join(' · ')}
        {model.gated && ' · gated: accept its terms on the hub, then open its folder here'}
      </span>
      <Fit forecast={forecast} />
      {model.verified && (
        <span className={styles.facts} title="npm run verify:llm: every check passed">
          verified {model.verified.date} on {model.verified.adapter}, {model.verified.form}
        </span>
      )}
    </label>
  );
}

/** The memory that the current recipe needs with a model, or why it cannot run here. */
function Fit({ forecast }: { readonly forecast: MemoryForecast | undefined }) {
  if (forecast === undefined) return null;
  const { plan, problem, precision, fileStorage, uncertified } = forecast;
  if (problem !== null) return <span className={styles.problem}>Cannot run here: {problem}</span>;
  return (
    <span className={styles.facts} title={uncertified}>
      {plan && `this recipe needs ${megabytes(plan.total)} of GPU memory`}
      {precision && `, weights in ${precisionText(precision, fileStorage)}`}
      {uncertified !== undefined && ', too large to be compared with ONNX Runtime here'}
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
    setField('model.id', parsed.id);
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
      <label htmlFor={id}>Another: ID or URL on a hub</label>
      <input
        id={id}
        type="text"
        placeholder="organisation/name@revision"
        value={text}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-error` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
      />
      <button type="submit" disabled={text.trim() === ''}>
        Use
      </button>
      {wrong && (
        <p id={`${id}-error`} className={styles.problem} role="alert">
          This is not a model ID. Write organisation/name as on the hub, with @revision where you want one, or the URL of its
          page.
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
      <label htmlFor={id}>Open a model folder</label>
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
      or drop it on the page: config.json, tokenizer, safetensors.
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
