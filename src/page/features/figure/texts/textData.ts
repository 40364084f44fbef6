/** What the panel of generated texts says about them. Pure. */
import { t } from '../../../../words/words';
import type { Table } from '../../../../charts/export/table';
import type { TextPrompt } from '../../../../record/generation';
import { listed } from '../../../../readings/format';
import type { GeneratedTexts } from '../../../state/session/texts';

type Shown = Pick<GeneratedTexts, 'speakers' | 'said' | 'target' | 'prompt' | 'state'>;

/** Words of a text, in lower case, each once. */
export function distinctWords(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** Number of the target's words in a text. */
export function sharedWords(text: string, target: string): number {
  const said = distinctWords(text);
  return [...distinctWords(target)].filter((word) => said.has(word)).length;
}

export function textSentence({ speakers, said, target, state }: Shown): string {
  if (state === 'idle' || speakers.length === 0) return t('Nothing has been generated yet.');
  if (target !== null) {
    const shares = speakers.map(({ id, label }) =>
      t('{model} says {n}', { model: label, n: sharedWords(said[id]?.text ?? '', target) }),
    );
    return t('Of the {n} words of the next item’s text, {shares}. One history and one draw: an example.', {
      n: distinctWords(target).size,
      shares: listed(shares),
    });
  }
  const counts = speakers.map(({ id, label }) => `${label} ${distinctWords(said[id]?.text ?? '').size}`);
  return t('Different words so far: {counts}. One prompt and one draw: an example.', { counts: listed(counts) });
}

export function textTable({ speakers, said, target, prompt }: Shown): Table {
  return {
    columns: ['model', 'step', 'prompt', 'text', 'tokens', 'next item’s text'],
    rows: speakers.map(({ id, label, step }) => [label, step, prompt, said[id]?.text ?? '', said[id]?.tokens ?? 0, target]),
  };
}

/** The user's prompt; null while there is nothing to continue. */
export function promptOf(kind: TextPrompt['kind'], written: string): TextPrompt | null {
  const text = written.trim();
  if (text === '') return null;
  switch (kind) {
    case 'history':
      return { kind, user: text };
    case 'item':
      return { kind, title: text };
    case 'text':
      return { kind, text: written };
  }
}
