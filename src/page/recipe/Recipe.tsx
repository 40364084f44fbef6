import { PRESETS } from '../../recipe/presets';
import { useExperiment } from '../state/experiment';
import { isBusy } from '../../runtime/experimentState';
import { check, choosePreset, presetOf, setField, useRecipe } from '../state/recipe';
import { StartLine } from '../models/AdapterOffer';
import { Download } from '../models/Download';
import { ModelPicker } from '../models/ModelPicker';
import { Arms } from './Arms';
import { CertificateLine } from './CertificateLine';
import { MemoryLine } from './MemoryLine';
import { StorageLine } from './StorageLine';
import { TimeLine } from './TimeLine';
import { LogDrop, LogFacts } from './LogForm';
import { RecipeFile } from './RecipeFile';
import { Section } from './Section';
import { Templates } from './templates/Templates';
import { differingPaths } from '../../recipe/specPath';
import { evaluationLine, logLine, modelLine, objectiveLine, trainingLine } from './summaries';
import styles from './Recipe.module.css';

/** Model → Log → Objective → Training → Evaluation. */
export function Recipe() {
  const draft = useRecipe((recipe) => recipe.draft);
  const model = useExperiment((experiment) => experiment.model ?? experiment.record?.model ?? null);
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  const recorded = useExperiment((experiment) => experiment.record?.data ?? null);
  const log = opened?.id === draft.data.id ? opened : recorded;
  const chosen = useExperiment((experiment) => experiment.memory?.precision);
  const { errors } = check(draft);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  return (
    <div className={styles.recipe}>
      <Start />
      <Section
        id="model"
        title="Model"
        line={modelLine(draft, model, chosen)}
        errors={errors}
        always={
          <>
            <CertificateLine />
            <StorageLine />
            <StartLine />
            <Download />
          </>
        }
      >
        <ModelPicker />
      </Section>
      <Section id="log" title="Log" line={logLine(draft, log)} errors={errors} always={<LogDrop />}>
        <LogFacts />
        <Templates errors={errors} />
      </Section>
      <Section id="objective" title="Objective" line={objectiveLine(draft)} errors={errors} always={<Arms errors={errors} />} />
      <Section id="training" title="Training" line={trainingLine(draft)} errors={errors} />
      <Section id="evaluation" title="Evaluation" line={evaluationLine(draft)} errors={errors} />
      <MemoryLine />
      <TimeLine />
      {busy && <p className={styles.note}>Changes here are for the next start; the experiment under way keeps its recipe.</p>}
    </div>
  );
}

function Start() {
  const presetId = useRecipe((recipe) => recipe.presetId);
  const name = useRecipe((recipe) => recipe.draft.name);
  const changed = useRecipe(
    (recipe) => differingPaths(recipe.draft, presetOf(recipe.presetId).spec).filter((path) => path !== 'data.id').length,
  );
  return (
    <div className={styles.start}>
      <div className={styles.presets} role="group" aria-label="Presets">
        {PRESETS.map((preset) => (
          <button
            key={preset.id}
            type="button"
            aria-pressed={preset.id === presetId}
            title={preset.note}
            onClick={() => {
              choosePreset(preset.id);
            }}
          >
            {preset.label}
          </button>
        ))}
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
              Reset {changed} changed
            </button>
          </>
        )}
      </p>
      <label className={styles.name}>
        Name
        <input
          type="text"
          value={name}
          onChange={(event) => {
            setField('name', event.currentTarget.value);
          }}
        />
      </label>
      <RecipeFile />
    </div>
  );
}
