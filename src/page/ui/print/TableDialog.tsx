import { useState } from 'react';
import { inEnglish, message, t } from '../../../words/words';
import { createPortal } from 'react-dom';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import { csvResults } from '../../../paper/tables/csvTable';
import { latexResults } from '../../../paper/tables/latexTable';
import { markdownResults } from '../../../paper/tables/markdownTable';
import { measuresIn, onlyMeasures, type ResultsTable } from '../../../paper/tables/resultsTable';
import { Checkbox, Segments, Select } from '../controls/Choice';
import { CopyButton } from '../controls/CopyButton';
import { useModal } from '../controls/useModal';
import { measureHeading } from '../../../measures/measures';
import styles from './Paper.module.css';

type Format = 'latex' | 'markdown' | 'csv';

const FORMATS = [
  { value: 'latex', label: 'LaTeX' },
  { value: 'markdown', label: 'Markdown' },
  { value: 'csv', label: 'CSV' },
] as const;
const FILES: Readonly<Record<Format, readonly [suffix: string, type: string]>> = {
  latex: ['tex', 'application/x-tex'],
  markdown: ['md', 'text/markdown'],
  csv: ['csv', 'text/csv'],
};
const COLUMNS = [
  { value: 'auto', label: message('whatever is less wide') },
  { value: 'measures', label: message('measures') },
  { value: 'rows', label: message('arms and settings') },
] as const;
const SPANS = [
  { value: 'two', label: message('whole page') },
  { value: 'one', label: message('one column') },
] as const;
/** Initially chosen, if measured: with their differences they fit a page. */
const USUAL = ['hr@10', 'hr@200', 'itemSinkRate', 'lmDrift'];

interface TableDialogProps {
  /** Called with the row to compare with; null for the table's own choice. */
  readonly tableAgainst: (baseline: string | null) => ResultsTable;
  /** Rows that the user may choose as baseline; none if the baseline is chosen elsewhere. */
  readonly baselines: readonly { readonly value: string; readonly label: string }[];
  readonly onClose: () => void;
}

/**
 * A table of results as a file for a paper: which measures, which orientation, with or without differences.
 */
export function TableDialog({ tableAgainst, baselines, onClose }: TableDialogProps) {
  const dialog = useModal(true);
  const [baseline, setBaseline] = useState(baselines[0]?.value ?? null);
  const [format, setFormat] = useState<Format>('latex');
  const [columns, setColumns] = useState<(typeof COLUMNS)[number]['value']>('auto');
  const [spans, setSpans] = useState<(typeof SPANS)[number]['value']>('two');
  const [differences, setDifferences] = useState(true);
  const whole = inEnglish(() => tableAgainst(baseline));
  const measures = measuresIn(whole);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => {
    const usual = measures.filter(({ id }) => USUAL.includes(id));
    return new Set((usual.length > 0 ? usual : measures.slice(0, USUAL.length)).map(({ id }) => id));
  });
  const ids = measures.flatMap(({ id }) => (chosen.has(id) ? [id] : []));
  const layout = { differences, columns: columns === 'auto' ? null : columns, spans };
  const table = onlyMeasures(whole, ids);
  const text = inEnglish(
    {
      latex: () => latexResults(table, layout),
      markdown: () => markdownResults(table, layout),
      csv: () => csvResults(table),
    }[format],
  );
  const [suffix, type] = FILES[format];
  return createPortal(
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="table-title" onClose={onClose}>
      <h2 id="table-title">{t('Table for a paper')}</h2>
      <div className={styles.choices}>
        <Segments label={t('Format')} value={format} options={FORMATS} onChange={setFormat} />
        {baselines.length > 1 && baseline !== null && (
          <Select label={t('Compare with')} value={baseline} options={baselines} onChange={setBaseline} />
        )}
        {format !== 'csv' && (
          <>
            <Select
              label={t('Columns')}
              value={columns}
              options={COLUMNS.map(({ value, label }) => ({ value, label: t(label) }))}
              onChange={setColumns}
            />
            <Checkbox label={t('Differences with intervals')} checked={differences} onChange={setDifferences} />
          </>
        )}
        {format === 'latex' && (
          <Segments
            label={t('Width')}
            value={spans}
            options={SPANS.map(({ value, label }) => ({ value, label: t(label) }))}
            onChange={setSpans}
          />
        )}
      </div>
      <fieldset className={styles.measures}>
        <legend>{t('Measures')}</legend>
        {measures.map((measure) => (
          <Checkbox
            key={measure.id}
            label={measureHeading(measure)}
            checked={chosen.has(measure.id)}
            onChange={(on) => {
              const next = new Set(chosen);
              if (on) next.add(measure.id);
              else next.delete(measure.id);
              setChosen(next);
            }}
          />
        ))}
      </fieldset>
      {ids.length === 0 ? (
        <p role="status">{t('Choose at least one measure.')}</p>
      ) : (
        <pre tabIndex={0} aria-label={t('The table as text')} translate="no" lang="en">
          {text}
        </pre>
      )}
      <form method="dialog" className={styles.buttons}>
        <button
          type="button"
          className={styles.primary}
          disabled={ids.length === 0}
          onClick={() => {
            saveFile(`${slugOf(whole.caption)}.${suffix}`, new Blob([text], { type }));
          }}
        >
          {t('Save')}
        </button>
        <CopyButton label={t('Copy')} text={text} />
        <button type="submit">{t('Close')}</button>
      </form>
    </dialog>,
    document.body,
  );
}
