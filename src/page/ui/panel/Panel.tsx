import { lazy, Suspense, useContext, useRef, useState, type ReactNode } from 'react';
import { inEnglish, t } from '../../../words/words';
import { ChartScale } from '../../../charts/axes/chartScale';
import type { Table } from '../../../charts/export/table';
import { useFolding, WithControls } from './chrome';
import { FoldTitle } from './FoldTitle';
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
  /**
   * A sentence that stands in place of everything that the panel shows: what it needs was left out of a link.
   */
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
  const folding = useFolding();
  if (!folding.open)
    return (
      <figure className={styles.folded} aria-label={name()}>
        <FoldTitle folding={folding} title={title} />
        <figcaption className={styles.answer}>{absent ?? sentence}</figcaption>
      </figure>
    );
  return (
    <figure ref={figure} className={styles.panel} aria-label={name()} data-wide={wide || undefined}>
      <div className={styles.head}>
        <FoldTitle folding={folding} title={title} />
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
          <Caption foldable={folding.foldable}>
            <b>{name()}.</b> {caption} {leftOut}
          </Caption>
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

/** How it was measured: on request below the page's first picture, where many panels would tell it. */
function Caption({ foldable, children }: { readonly foldable: boolean; readonly children: ReactNode }) {
  if (!foldable) return <div className={styles.caption}>{children}</div>;
  return (
    <details className={styles.caption}>
      <summary>{t('How is this measured?')}</summary>
      <div>{children}</div>
    </details>
  );
}
