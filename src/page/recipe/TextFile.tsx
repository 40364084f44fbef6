import { count } from '../format';
import { textLines } from '../../recipe/textLines';
import styles from './Recipe.module.css';

interface TextFileProps {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
  readonly texts: readonly string[];
  readonly onChange: (texts: readonly string[]) => void;
}

/** A list of texts that comes from a file, one per line. */
export function TextFile({ texts, onChange, ...input }: TextFileProps) {
  return (
    <span className={styles.subset}>
      <input
        {...input}
        type="file"
        accept=".txt,text/plain"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file)
            void file.text().then((text) => {
              onChange(textLines(text));
            });
        }}
      />
      {texts.length > 0 && (
        <>
          {count(texts.length)} {texts.length === 1 ? 'text' : 'texts'}
          <button
            type="button"
            className="plain"
            onClick={() => {
              onChange([]);
            }}
          >
            remove
          </button>
        </>
      )}
    </span>
  );
}
