import { t } from '../../../../words/words';
import { useAdapterOffer } from '../../../state/session/modelsState';
import { setField, useRecipe } from '../../../state/recipe/recipe';
import recipe from '../form/Recipe.module.css';
import styles from '../../../ui/Notices.module.css';

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
    <section className={styles.notice} aria-label={t('Adapter opened')} role="status">
      <h2>{t('{adapter} fits this recipe', { adapter: start.name })}</h2>
      <p>
        {lora.firstLayer > 0
          ? t('LoRA of {model}, rank {rank}, α {alpha}, on {targets} from layer {layer}.', {
              ...{ model, rank: lora.rank, alpha: String(lora.alpha), targets, layer: lora.firstLayer },
            })
          : t('LoRA of {model}, rank {rank}, α {alpha}, on {targets}.', {
              ...{ model, rank: lora.rank, alpha: String(lora.alpha), targets },
            })}{' '}
        {start.heads
          ? t('It includes its projection heads, so the arms start out ranking as it does.')
          : t('It has no projection heads, so those are initialised from the seed.')}{' '}
        {t('The recipe’s LoRA settings become the adapter’s; the optimiser state is reset.')}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            for (const key of ['rank', 'alpha', 'targets', 'firstLayer', 'start'] as const) setField(`lora.${key}`, lora[key]);
            decide();
          }}
        >
          {t('Start every arm from this adapter')}
        </button>
        <button type="button" onClick={decide}>
          {t('Dismiss')}
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
      {t('Every arm starts from {adapter}.', { adapter: start })}{' '}
      <button
        type="button"
        className="plain"
        onClick={() => {
          setField('lora.start', null);
        }}
      >
        {t('Start from scratch')}
      </button>
    </p>
  );
}
