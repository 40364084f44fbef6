import { useState } from 'react';
import { t } from '../../../words/words';

/** Copies a text, or says that it cannot. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  /** The text copied last, or not copied. */
  const [last, setLast] = useState<{ readonly text: string; readonly copied: boolean } | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setLast({ text, copied: true });
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      setLast({ text, copied: false });
    }
  };
  return (
    <button
      type="button"
      onClick={() => {
        void copy();
      }}
    >
      {last?.text !== text ? label : last.copied ? t('Copied') : t('The browser refused: select the text instead')}
    </button>
  );
}
