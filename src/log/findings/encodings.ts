import { t } from '../../words/words';
import { note, warning, type Check } from './finding';

/** Files in other encodings than UTF-8, or in two. */
export const encodings: Check = ({ raw }) =>
  raw.sources.map(({ name, encoding: { encoding, latinLines, firstLatin, hasUtf8 } }) => {
    if (encoding !== 'utf-8')
      return note(t('{file} is {encoding}', { file: name, encoding: encoding.toUpperCase() }), t('read as such'));
    if (latinLines === 0) return null;
    const first = firstLatin.map((line) => ({ file: name, line }));
    if (!hasUtf8) return note(t('{file} is not UTF-8', { file: name }), t('read as Latin-1 (Windows-1252)'), first);
    const message = t(
      '{n, plural, one {{file} mixes encodings: # line is not UTF-8} other {{file} mixes encodings: # lines are not UTF-8}}',
      { n: latinLines, file: name },
    );
    return warning(message, t('those lines are read as Latin-1 (Windows-1252)'), first);
  });
