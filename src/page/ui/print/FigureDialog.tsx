import { useEffect, useMemo, useState } from 'react';
import { message, t } from '../../../words/words';
import { createPortal } from 'react-dom';
import { shownCharts, type ShownChart } from '../../../charts/export/chartData';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import { FIGURE_PRESETS, SIZES, type FontName } from '../../../paper/figures/presets';
import { Checkbox, Segments, Select } from '../controls/Choice';
import { useModal } from '../controls/useModal';
import { bytes } from '../../../readings/format';
import {
  figureFile,
  MOST_BYTES,
  pictureOf,
  prepareFigure,
  type FigureChoice,
  type FigureFormat,
  type PreparedFigure,
} from './figureFiles';
import styles from './Paper.module.css';

const FORMATS: readonly { readonly value: FigureFormat; readonly label: string }[] = [
  { value: 'pdf', label: 'PDF' },
  { value: 'svg', label: 'SVG' },
  { value: 'png', label: 'PNG' },
  { value: 'pgf', label: 'PGFPlots' },
  { value: 'vega', label: 'Vega-Lite' },
];
const FONTS: readonly { readonly value: FontName; readonly label: string }[] = [
  { value: 'sans', label: message('sans serif') },
  { value: 'serif', label: message('serif') },
];
/** Represents a number of panels per row that depends on the width. */
const AUTO = 0;

interface FigureDialogProps {
  /** The panel that opened the dialog, whose charts are initially chosen. */
  readonly panel: Element;
  readonly name: string;
  readonly onClose: () => void;
}

/** Charts of the page as one figure for a paper, in a journal's sizes and various file formats. */
export function FigureDialog({ panel, name, onClose }: FigureDialogProps) {
  const dialog = useModal(true);
  const [charts] = useState(shownCharts);
  const [chosen, setChosen] = useState<ReadonlySet<ShownChart>>(
    () => new Set(charts.filter(({ element }) => panel.contains(element))),
  );
  const [presetId, setPreset] = useState(FIGURE_PRESETS[0]!.id);
  const preset = FIGURE_PRESETS.find(({ id }) => id === presetId)!;
  const [span, setSpan] = useState<'one' | 'two'>(chosen.size > 1 ? 'two' : 'one');
  const [font, setFont] = useState<FontName>(preset.font);
  const [size, setSize] = useState<number>(preset.size);
  const [columns, setColumns] = useState(AUTO);
  const [format, setFormat] = useState<FigureFormat>('pdf');
  const [saved, setSaved] = useState<string | null>(null);
  const selected = useMemo(() => charts.filter((chart) => chosen.has(chart)).map(({ data }) => data), [charts, chosen]);
  const width = preset[span];
  const figure = useFigure({ charts: selected, width, columns: columns === AUTO ? null : columns, size, font }, name);

  const save = async (prepared: PreparedFigure) => {
    try {
      const { content, suffix, note } = await figureFile(prepared, format, name);
      const file = `${slugOf(name)}.${suffix}`;
      saveFile(file, content);
      const facts = [file, bytes(content.size), ...(note === '' ? [] : [note])].join(', ');
      setSaved(
        content.size > MOST_BYTES
          ? t('Saved {facts}; more than {most}: choose fewer charts.', { facts, most: bytes(MOST_BYTES) })
          : t('Saved {facts}.', { facts }),
      );
    } catch (error) {
      setSaved(t('The figure could not be written: {error}', { error: error instanceof Error ? error.message : String(error) }));
    }
  };
  return createPortal(
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="figure-title" onClose={onClose}>
      <h2 id="figure-title">{t('Figure for print')}</h2>
      <div className={styles.choices}>
        <Select
          label={t('For')}
          value={presetId}
          options={FIGURE_PRESETS.map(({ id, label }) => ({ value: id, label: t(label) }))}
          onChange={(id) => {
            const next = FIGURE_PRESETS.find((one) => one.id === id)!;
            setPreset(id);
            setFont(next.font);
            setSize(next.size);
          }}
        />
        <Segments
          label={t('Width')}
          value={span}
          options={[
            { value: 'one', label: t('one column, {width} mm', { width: preset.one }) },
            { value: 'two', label: t('two, {width} mm', { width: preset.two }) },
          ]}
          onChange={setSpan}
        />
        <Segments
          label={t('Font')}
          value={font}
          options={FONTS.map(({ value, label }) => ({ value, label: t(label) }))}
          onChange={setFont}
        />
        <Segments
          label={t('Size')}
          value={size}
          options={SIZES.map((value) => ({ value, label: `${value} pt` }))}
          onChange={setSize}
        />
        {selected.length > 1 && (
          <Select
            label={t('Panels in a row')}
            value={columns}
            options={[
              { value: AUTO, label: t('as many as fit') },
              ...[1, 2, 3, 4].map((value) => ({ value, label: String(value) })),
            ]}
            onChange={setColumns}
          />
        )}
      </div>
      <fieldset className={styles.measures}>
        <legend>{t('Charts; several become (a), (b), …')}</legend>
        {charts.map((chart) => (
          <Checkbox
            key={keyOf(chart, charts)}
            label={chart.data.name}
            checked={chosen.has(chart)}
            onChange={(on) => {
              const next = new Set(chosen);
              if (on) next.add(chart);
              else next.delete(chart);
              setChosen(next);
            }}
          />
        ))}
      </fieldset>
      <div className={styles.preview} tabIndex={0} role="region" aria-label={t('Preview')}>
        {figure.state === 'ready' && (
          <img src={figure.picture} alt={t('Preview of {figure}', { figure: name })} style={{ width: `${width}mm` }} />
        )}
        {figure.state === 'failed' && <p role="alert">{figure.problem}</p>}
        {selected.length === 0 && <p role="status">{t('Choose at least one chart.')}</p>}
      </div>
      {figure.state === 'ready' && (
        <p className={styles.note}>
          {figure.prepared.width.toFixed(1)} × {figure.prepared.height.toFixed(1)} mm.
          {figure.prepared.missing.length > 0 &&
            ` ${t('The font lacks {characters}, which PDF shows as boxes; PGFPlots uses the fonts of the paper.', { characters: figure.prepared.missing.join(' ') })}`}
          {format === 'pgf' && ` ${t('Text is set in the font of the paper.')}`}
        </p>
      )}
      <div className={styles.choices}>
        <Segments label={t('Format')} value={format} options={FORMATS} onChange={setFormat} />
      </div>
      <form method="dialog" className={styles.buttons}>
        <button
          type="button"
          className={styles.primary}
          disabled={figure.state !== 'ready'}
          onClick={() => {
            if (figure.state === 'ready') void save(figure.prepared);
          }}
        >
          {t('Save')}
        </button>
        <span role="status">{saved}</span>
        <button type="submit">{t('Close')}</button>
      </form>
    </dialog>,
    document.body,
  );
}

/** Two charts may have the same name. */
function keyOf(chart: ShownChart, charts: readonly ShownChart[]): string {
  return `${chart.data.name} ${charts.filter(({ data }) => data.name === chart.data.name).indexOf(chart)}`;
}

type Shown =
  | { readonly state: 'waiting' }
  | { readonly state: 'ready'; readonly prepared: PreparedFigure; readonly picture: string }
  | { readonly state: 'failed'; readonly problem: string };

/** The chosen figure, once it is laid out and drawn. */
function useFigure({ charts, width, columns, size, font }: FigureChoice, name: string): Shown {
  const [shown, setShown] = useState<Shown>({ state: 'waiting' });
  useEffect(() => {
    let wanted = true;
    const show = async (): Promise<Shown> => {
      if (charts.length === 0) return { state: 'waiting' };
      try {
        const prepared = await prepareFigure({ charts, width, columns, size, font });
        return { state: 'ready', prepared, picture: await pictureOf(prepared, name) };
      } catch (error) {
        return { state: 'failed', problem: error instanceof Error ? error.message : String(error) };
      }
    };
    void show().then((next) => {
      if (wanted) setShown(next);
    });
    return () => {
      wanted = false;
    };
  }, [charts, width, columns, size, font, name]);
  return shown;
}
