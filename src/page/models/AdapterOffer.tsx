import { create } from 'zustand';
import type { StartRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import { setField, useRecipe } from '../state/recipe';
import recipe from '../recipe/Recipe.module.css';
import styles from '../notices/Notices.module.css';

export interface OfferedAdapter {
  readonly start: StartRecord;
  /** The recipe's LoRA settings if its arms start from it. */
  readonly lora: RunSpec['lora'];
}

/** The adapter that was opened last, while the user has not decided about it. */
export const useAdapterOffer = create<{ readonly offer: OfferedAdapter | null }>()(() => ({ offer: null }));

function decide(): void {
  useAdapterOffer.setState({ offer: null });
}

/** Asks whether every arm should start from an opened adapter. */
export function AdapterOffer() {
  const offer = useAdapterOffer((state) => state.offer);
  const model = useRecipe(({ draft }) => draft.model.id);
  if (offer === null) return null;
  const { start, lora } = offer;
  const targets = lora.targets.map((target) => target.replace('_proj', '')).join(', ');
  return (
    <section className={styles.notice} aria-label="Adapter opened" role="status">
      <h2>{start.name} fits this recipe</h2>
      <p>
        LoRA of {model}, rank {lora.rank}, α {lora.alpha}, on {targets}
        {lora.firstLayer > 0 && ` from layer ${lora.firstLayer}`}.{' '}
        {start.heads
          ? 'It includes its projection heads, so the arms start out ranking as it does.'
          : 'It has no projection heads, so those are initialised from the seed.'}{' '}
        The recipe’s LoRA settings become the adapter’s; the optimiser state is reset.
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            for (const key of ['rank', 'alpha', 'targets', 'firstLayer', 'start'] as const) setField(`lora.${key}`, lora[key]);
            decide();
          }}
        >
          Start every arm from this adapter
        </button>
        <button type="button" onClick={decide}>
          Dismiss
        </button>
      </p>
    </section>
  );
}

/** What the recipe's arms start from, if that is an adapter. */
export function StartLine() {
  const start = useRecipe(({ draft }) => draft.lora.start);
  if (start === null) return null;
  return (
    <p className={recipe.certificate}>
      Every arm starts from {start}.{' '}
      <button
        type="button"
        className="plain"
        onClick={() => {
          setField('lora.start', null);
        }}
      >
        Start from scratch
      </button>
    </p>
  );
}
