import { useContext, useRef, useState, type ReactNode } from 'react';
import { ChartScale } from '../../../charts/axes/chartScale';
import { figurePng, figureSvg } from '../../../charts/export/figureSvg';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import { toCsv, type Table } from '../../../charts/export/table';
import { WithControls } from './chrome';
import { DataTable } from './DataTable';
import { PanelMenu, type Saving } from './PanelMenu';
import { useFullScreenScale } from './useFullScreenScale';
import styles from './Panel.module.css';

export interface PanelProps {
  /** Accessible name and file name: `HR@K over steps`. */
  readonly name: string;
  /** The question that the panel answers. */
  readonly title: string;
  /** One sentence computed from the data. */
  readonly sentence: ReactNode;
  /** Definition and averaging. */
  readonly caption: ReactNode;
  readonly table: () => Table;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
  /** Spans the page: sentence and caption stand side by side. */
  readonly wide?: boolean;
  /** Whether there is a drawing to save. */
  readonly drawn?: boolean;
}

export function Panel({ name, title, sentence, caption, table, controls, children, wide = false, drawn = true }: PanelProps) {
  const withControls = useContext(WithControls);
  const figure = useRef<HTMLElement>(null);
  const [tableOpen, setTableOpen] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const scale = useFullScreenScale(figure, body);
  const file = slugOf(name);

  const save = async (kind: Saving) => {
    if (!figure.current) return;
    setProblem(null);
    if (kind === 'csv') {
      saveFile(`${file}.csv`, new Blob([toCsv(table())], { type: 'text/csv' }));
      return;
    }
    const drawing = figureSvg(figure.current, title);
    if (kind === 'svg') saveFile(`${file}.svg`, new Blob([drawing.text], { type: 'image/svg+xml' }));
    else saveFile(`${file}${kind.png === 1 ? '' : `@${kind.png}x`}.png`, await figurePng(drawing, kind.png));
  };
  const saveOrSay = (kind: Saving) => {
    save(kind).catch((error: unknown) => {
      setProblem(
        `The ${typeof kind === 'string' ? kind.toUpperCase() : 'PNG'} could not be written: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  };
  return (
    <figure ref={figure} className={styles.panel} aria-label={name} data-wide={wide || undefined}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {withControls && controls && <div className={styles.controls}>{controls}</div>}
        {withControls && (
          <PanelMenu
            drawn={drawn}
            tableOpen={tableOpen}
            onTable={() => {
              setTableOpen(!tableOpen);
            }}
            onSave={saveOrSay}
            onFullScreen={() => {
              void figure.current?.requestFullscreen();
            }}
          />
        )}
      </div>
      <div ref={body} className={styles.body}>
        {problem !== null && <p role="alert">{problem}</p>}
        <ChartScale value={scale}>{children}</ChartScale>
      </div>
      <figcaption className={styles.foot}>
        <p className={styles.sentence}>{sentence}</p>
        <div className={styles.caption}>
          <b>{name}.</b> {caption}
        </div>
      </figcaption>
      {tableOpen && <DataTable name={name} table={table()} />}
    </figure>
  );
}
