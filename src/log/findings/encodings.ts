import { t } from '../../words/words';
import { note, warning, type FindingCheck } from './finding';

/** Files in other encodings than UTF-8, or in two. */
export const encodings: FindingCheck = ({ raw }) =>
  raw.sources.map(({ name, encoding: { encoding: unicode, legacyLines, legacy, firstLegacy, hasUtf8 } }) => {
    if (unicode !== 'utf-8')
      return note(t('{file} is {encoding}', { file: name, encoding: unicode.toUpperCase() }), t('read as such'));
    const encoding = legacy === 'windows-1252' ? 'Latin-1 (Windows-1252)' : legacy.toUpperCase();
    if (legacyLines === 0) return null;
    const first = firstLegacy.map((line) => ({ file: name, line }));
    if (!hasUtf8) return note(t('{file} is not UTF-8', { file: name }), t('read as {encoding}', { encoding }), first);
    const message = t(
      '{n, plural, one {{file} mixes encodings: # line is not UTF-8} other {{file} mixes encodings: # lines are not UTF-8}}',
      { n: legacyLines, file: name },
    );
    return warning(message, t('those lines are read as {encoding}', { encoding }), first);
  });
