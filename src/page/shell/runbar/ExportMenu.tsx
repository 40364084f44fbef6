import { t } from '../../../words/words';
import { EXPORTING } from '../actions/exporting';
import { useActions } from '../actions/useActions';
import { Menu } from '../../ui/controls/Menu';

/** Exports the run on the page. */
export function ExportMenu() {
  const entries = useActions(EXPORTING).flatMap(({ words, hindrance, act }) =>
    hindrance === null ? [[words, act] as const] : [],
  );
  return <Menu label={t('Export')} disabled={entries.length === 0} entries={entries} />;
}
