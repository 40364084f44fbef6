import { t } from '../../../words/words';
import type { Evidence } from '../../../learn/evidence';
import type { Offer } from '../../../learn/lesson';
import { useExperiment } from '../../state/run/experiment';
import { setView } from '../../state/view/view';
import { putRecipe } from './putRecipe';
import { Say } from './Say';
import styles from './Learn.module.css';

/** What can be tried where models run; nothing where they do not. */
export function OfferBox({ offer: { says, button, opens }, evidence }: { readonly offer: Offer; readonly evidence: Evidence }) {
  const missing = useExperiment(({ device }) => device.state === 'missing');
  if (missing) return null;
  return (
    <div className={styles.found}>
      <p>
        <Say says={says} evidence={evidence} />
      </p>
      <div className={styles.offer}>
        <button
          type="button"
          onClick={() => {
            if (opens === 'inspector') setView({ centre: 'inspector' });
            else putRecipe(opens);
          }}
        >
          {t(button)}
        </button>
      </div>
    </div>
  );
}
