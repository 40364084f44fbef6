import { useState } from 'react';
import { t } from '../../../words/words';
import type { NotePart } from './notesArchive';
import { saveNotes } from './saveNotes';

interface NotesButtonProps {
  /** What the notes are on. */
  readonly title: string;
  readonly parts: readonly NotePart[];
}

/** Saves notes as Markdown, with the charts that are on the page. */
export function NotesButton({ title, parts }: NotesButtonProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    try {
      await saveNotes(title, parts);
      setProblem(null);
    } catch (error) {
      setProblem(
        t('The notes could not be written: {reason}', { reason: error instanceof Error ? error.message : String(error) }),
      );
    }
  };
  return (
    <>
      <button
        type="button"
        title={t('notes.md and the charts on this page, as SVG')}
        onClick={() => {
          void save();
        }}
      >
        {t('Notes with figures')}
      </button>
      {problem !== null && <span role="alert">{problem}</span>}
    </>
  );
}
