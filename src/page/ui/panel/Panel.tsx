import { lazy, Suspense, useContext, useRef, useState, type ReactNode } from 'react';
import { inEnglish } from '../../../words/words';
import { ChartScale } from '../../../charts/axes/chartScale';
import type { Table } from '../../../charts/export/table';
import { WithControls } from './chrome';
import { PanelMenu } from './PanelMenu';
import { useFullScreenScale } from './useFullScreenScale';
import styles from './Panel.module.css';

const DataTable = lazy(async () => ({ default: (await import('./DataTable')).DataTable }));
const FigureDialog = lazy(async () => ({ default: (await import('../print/FigureDialog')).FigureDialog }));

export interface PanelProps {
  /** Accessible name and, in English, file name: `HR@K over steps`. */
  readonly name: () => string;
  /** The question that the panel answers. */
  readonly title: string;
  /** One sentence computed from the data. */
  readonly sentence: ReactNode;
  /** Definition and averaging. */
  readonly caption: ReactNode;
  /** In English, as files are. */
  readonly table: () => Table;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
  /** Whether it spans the page, with sentence and caption side by side. */
  readonly wide?: boolean;
  /** Whether there is a drawing to save. */
  readonly drawn?: boolean;
  /** A sentence that stands in place of everything that the panel shows: what it needs was left out of a link. */
  readonly absent?: string | null;
  /** What else it would show, left out of a link. */
  readonly leftOut?: string | null;
}

export function Panel(props: PanelProps) {
  const { name, title, sentence, caption, table, controls, children, wide = false, drawn = true } = props;
  const { absent = null, leftOut = null } = props;
  const withControls = useContext(WithControls);
  const figure = useRef<HTMLElement>(null);
  const [tableOpen, setTableOpen] = useState(false);
  const [printing, setPrinting] = useState<Element | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const scale = useFullScreenScale(figure, body);
  return (
    <figure ref={figure} className={styles.panel} aria-label={name()} data-wide={wide || undefined}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {withControls && controls && <div className={styles.controls}>{controls}</div>}
        {withControls && absent === null && (
          <PanelMenu
            drawn={drawn}
            tableOpen={tableOpen}
            onTable={() => {
              setTableOpen(!tableOpen);
            }}
            onCsv={() => {
              void import('./saveTable').then(({ saveTable }) => {
                saveTable(inEnglish(name), inEnglish(table));
              });
            }}
            onPrint={() => {
              setPrinting(figure.current);
            }}
            onFullScreen={() => {
              void figure.current?.requestFullscreen();
            }}
          />
        )}
      </div>
      <div ref={body} className={styles.body}>
        {absent === null && <ChartScale value={scale}>{children}</ChartScale>}
      </div>
      <figcaption className={styles.foot}>
        <p className={styles.sentence}>{absent ?? sentence}</p>
        {absent === null && (
          <div className={styles.caption}>
            <b>{name()}.</b> {caption} {leftOut}
          </div>
        )}
      </figcaption>
      <Suspense>
        {printing && (
          <FigureDialog
            panel={printing}
            name={inEnglish(name)}
            onClose={() => {
              setPrinting(null);
            }}
          />
        )}
        {tableOpen && <DataTable name={name()} table={inEnglish(table)} />}
      </Suspense>
    </figure>
  );
}
