import { LANGUAGES, type LanguageId } from '../../../words/languages';
import { message, t } from '../../../words/words';
import { setLanguage, useLanguage } from '../../state/kept/language';
import type { ActionGroup } from './action';

/** The languages of the page. */
export const LANGUAGE: ActionGroup = {
  label: message('Language'),
  actions: () =>
    (Object.keys(LANGUAGES) as Extract<LanguageId, keyof typeof LANGUAGES>[]).map((id) => {
      const { name, read } = LANGUAGES[id];
      return {
        id: `language-${id}`,
        words: read ? name : t('{language} (not yet read by a native speaker)', { language: name }),
        hindrance: useLanguage.getState().spoken.id === id ? t('In use') : null,
        act: () => void setLanguage(id),
      };
    }),
};
