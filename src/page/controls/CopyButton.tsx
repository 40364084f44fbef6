import { useState } from 'react';

/** Copies a text, or says that it cannot. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const [state, setState] = useState<'ready' | 'copied' | 'refused'>('ready');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      setState('refused');
    }
  };
  return (
    <button
      type="button"
      onClick={() => {
        void copy();
      }}
    >
      {state === 'ready' ? label : state === 'copied' ? 'Copied' : 'The browser refused: select the text instead'}
    </button>
  );
}
