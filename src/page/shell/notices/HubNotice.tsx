import { useEffect, useState } from 'react';
import { hubOrigin, USUAL_HUB, type RunSpec } from '../../../recipe/runSpec';
import { replaceGrid, useGrid } from '../../state/grid/gridState';
import { agreeTo, hostOf, newHub, useHubs } from '../../state/kept/hubs';
import { check, setField, useRecipe } from '../../state/recipe/recipe';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Milliseconds without a change before asking about a URL that is being typed. */
const SETTLED = 400;

/**
 * Asks about each unapproved hub that recipe or grid name; nothing is requested from it before the answer.
 */
export function HubNotice() {
  const hubs = useHubs();
  const recipe = useSettledSpec();
  const plan = useGrid((grid) => grid.plan);
  const models = [...(recipe ? [recipe.model] : []), ...(plan?.jobs.map(({ spec }) => spec.model) ?? [])];
  const asked = new Map<string, RunSpec['model']>();
  for (const model of models) {
    const origin = newHub(model, hubs);
    if (origin !== null && !asked.has(origin)) asked.set(origin, model);
  }
  return [...asked].map(([origin, model]) => <Question key={origin} origin={origin} model={model} />);
}

function Question({ origin, model: { id, revision } }: { readonly origin: string; readonly model: RunSpec['model'] }) {
  return (
    <section className={styles.notice} role="status" aria-label={t('Another hub')}>
      <h2>{t('Load the model from {origin}?', { origin: hostOf(origin) })}</h2>
      <p>
        {t(
          'The recipe names {origin}, not the usual hub. To load the model, the page would request the list and the files of {id} at {revision} there. That server would see your network address; what you opened is not sent. Nothing has been requested yet.',
          { origin, id, revision },
        )}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            agreeTo(origin);
          }}
        >
          {t('Use it')}
        </button>
        <button
          type="button"
          onClick={() => {
            keepUsual(origin);
          }}
        >
          {t('Keep the usual hub')}
        </button>
      </p>
    </section>
  );
}

/** Names the default hub wherever recipe and grid name that one. */
function keepUsual(origin: string): void {
  if (names(useRecipe.getState().draft, origin)) setField('model.baseUrl', USUAL_HUB);
  const { kept } = useGrid.getState();
  if (kept === null || !names(kept.grid.base, origin)) return;
  const { base } = kept.grid;
  replaceGrid({ ...kept, grid: { ...kept.grid, base: { ...base, model: { ...base.model, baseUrl: USUAL_HUB } } } });
}

function names({ model: { baseUrl } }: RunSpec, origin: string): boolean {
  return URL.canParse(baseUrl) && hubOrigin(baseUrl) === origin;
}

/** The recipe once it has stopped changing; null while it has fields to correct. */
function useSettledSpec(): RunSpec | null {
  const { spec } = check(useRecipe((recipe) => recipe.draft));
  const [settled, setSettled] = useState(spec);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(spec);
    }, SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [spec]);
  // An answer takes effect at once.
  return settled !== null && spec !== null && settled.model.baseUrl !== spec.model.baseUrl ? null : settled;
}
