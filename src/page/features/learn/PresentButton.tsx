import { t } from '../../../words/words';
import { endPresenting, present, usePresentKeys } from '../../state/view/presenting';

/** Starts and ends presenting a lesson. */
export function PresentButton({ onMove }: { readonly onMove: (by: 1 | -1) => void }) {
  const on = usePresentKeys(onMove);
  return (
    <button type="button" aria-pressed={on} onClick={on ? endPresenting : present}>
      {on ? t('End presenting') : t('Present')}
    </button>
  );
}
