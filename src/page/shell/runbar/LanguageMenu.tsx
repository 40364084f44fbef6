import { LANGUAGES, PSEUDO } from '../../../words/languages';
import { t } from '../../../words/words';
import { LANGUAGE } from '../actions/languages';
import { useActions } from '../actions/useActions';
import { Menu } from '../../ui/controls/Menu';
import { useLanguage } from '../../state/kept/language';

export function LanguageMenu() {
  const { id } = useLanguage((language) => language.spoken);
  const name = id === PSEUDO ? PSEUDO : LANGUAGES[id].name;
  const entries = useActions(LANGUAGE).flatMap(({ words, hindrance, act }) =>
    hindrance === null ? [[words, act] as const] : [],
  );
  return (
    <Menu label={t('Language: {language}', { language: name })} entries={entries}>
      {name}
    </Menu>
  );
}
