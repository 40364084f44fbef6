import { t } from '../../../../words/words';
import { count } from '../../../../readings/format';
import { textLines } from '../../../../recipe/textLines';
import { indexLines } from '../../../../recipe/codeIndex';
import styles from './Recipe.module.css';

interface TextFileProps {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
  readonly texts: readonly string[];
  readonly onChange: (texts: readonly string[]) => void;
}

/** A list of texts that comes from a file, one per line, or from an index of semantic IDs. */
export function TextFile({ texts, onChange, ...input }: TextFileProps) {
  return (
    <span className={styles.subset}>
      <input
        {...input}
        type="file"
        accept=".txt,.json,text/plain,application/json"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file)
            void file.text().then((text) => {
              onChange(linesOf(text));
            });
        }}
      />
      {texts.length > 0 && (
        <>
          {t('{n, plural, one {{shown} text} other {{shown} texts}}', { n: texts.length, shown: count(texts.length) })}
          <button
            type="button"
            className="plain"
            onClick={() => {
              onChange([]);
            }}
          >
            {t('remove')}
          </button>
        </>
      )}
    </span>
  );
}

/** A file that cannot be parsed is passed on line by line, so that the field says what is wrong with it. */
function linesOf(text: string): string[] {
  try {
    return indexLines(text);
  } catch (error) {
    if (error instanceof SyntaxError) return textLines(text);
    throw error;
  }
}
