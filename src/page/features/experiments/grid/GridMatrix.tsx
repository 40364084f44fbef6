import { splitName } from '../../../../readings/series/rankingData';
import { inSentence } from '../../../../recipe/words';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { RANKED_SPLITS, type Measure, type RankedSplit } from '../../../../measures/measure';
import { mainMeasures, measuresShown, measureHeading } from '../../../../measures/measures';
import { ownSampleCaveat } from '../../../../record/ownSamples';
import { givenCaveat } from '../../../../record/poolSizes';
import { gridMatrix, hasValues, type MatrixEntry, type MatrixRow } from '../../../../experiment/grid/matrix';
import { useGridKeys } from '../../../ui/controls/useGridKeys';
import { useRowWindow } from '../../../ui/controls/useRowWindow';
import { WindowRows } from '../../../ui/controls/WindowRows';
import { useRuns } from '../../../state/runs/runsState';
import { CellDetail } from './CellDetail';
import { ForestPanel } from './ForestPanel';
import { SweepPanel } from '../../../ui/panel/SweepPanel';
import { useSweep } from './useSweep';
import { GridVerdict } from './GridVerdict';
import { changeGrid, divergedCells, resultsOf, useGrid, type KeptGrid } from '../../../state/grid/gridState';
import { shownValue, signedShown, variantText } from '../../../../readings/grid/words';
import { listed } from '../../../../readings/format';
import { divergedNames, gridTable } from '../../../../paper/tables/gridTable';
import { resultRows } from '../../../../paper/tables/csvTable';
import styles from './Grid.module.css';

const TableDialog = lazy(async () => ({ default: (await import('../../../ui/print/TableDialog')).TableDialog }));

interface Chosen {
  readonly variant: string;
  readonly measure: string;
}

/** Final measures of every row, and its differences from the pinned one. */
export function GridMatrix({ kept }: { readonly kept: KeptGrid }) {
  const plan = useGrid((grid) => grid.plan);
  const entries = useRuns((runs) => runs.entries);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [targets, setTargets] = useState<RankedSplit | null>(null);
  const [paper, setPaper] = useState(false);
  const sweep = useSweep(kept);
  if (!plan) return null;
  const results = resultsOf(entries);
  const { ks } = kept.grid.base.evaluation;
  const diverged = divergedCells(kept, plan);
  const main = gridMatrix(plan, results, mainMeasures(ks), kept.baseline, diverged);
  const rows = targets === null ? main : gridMatrix(plan, results, measuresShown(ks, targets), kept.baseline, diverged);
  const splits = RANKED_SPLITS.filter((split) => hasValues(main, results, measuresShown(ks, split)));
  const columns = rows[0]!.entries.flatMap(({ measure }, i) =>
    rows.some(({ entries: list }) => list[i]!.mean !== null) ? [{ measure, i }] : [],
  );
  if (!hasValues(main, results, mainMeasures(ks)))
    return <p className={styles.note}>{t('The matrix appears with the first finished run.')}</p>;
  const baseline = rows.find(({ variant }) => variant.id === kept.baseline) ?? rows[0]!;
  const picked = chosen && columns.find(({ measure }) => measure.id === chosen.measure);
  const labelled = rows.map(({ variant, entries: list }) => ({
    variant: { arm: variant.arm, label: variantText(variant) },
    entries: list,
  }));
  const caveat = givenCaveat(rows.map(({ variant, onlyGiven }) => ({ label: variantText(variant), onlyGiven })));
  const row = rows.find(({ variant }) => variant.id === chosen?.variant);
  const table = () => gridTable(plan, results, rows, { baseline: baseline.variant.id, log: kept.logTitle, label: variantText });
  return (
    <>
      <label className={styles.targets}>
        {t('Measures')}{' '}
        <select
          value={targets ?? ''}
          onChange={({ target }) => {
            setTargets(splits.find((split) => split === target.value) ?? null);
          }}
        >
          <option value="">{t('the main ones')}</option>
          {splits.map((split) => (
            <option key={split} value={split}>
              {t('of rankings, {targets} targets', { targets: splitName(split) })}
            </option>
          ))}
        </select>
      </label>
      <MatrixTable
        rows={rows}
        columns={columns}
        baseline={baseline}
        tuned={kept.grid.tune !== null}
        picked={row && picked ? { row, index: picked.i } : null}
        onChoose={(one, measure) => {
          setChosen({ variant: one.variant.id, measure: measure.id });
        }}
      />
      <p className={styles.caption}>
        <T
          text="{n, plural, one {Mean ± standard deviation over seeds of the final evaluation; below it the paired difference from the baseline. <b>Distinguishable</b> if the paired t-test over seeds gives p '<' .05 after Holm’s correction over the other row, for each measure on its own; everything else is not. Choose a cell for its curves and tests.} other {Mean ± standard deviation over seeds of the final evaluation; below it the paired difference from the baseline. <b>Distinguishable</b> if the paired t-test over seeds gives p '<' .05 after Holm’s correction over the # other rows, for each measure on its own; everything else is not. Choose a cell for its curves and tests.}}"
          values={{ n: rows.length - 1, b: (inside) => <b>{inside}</b> }}
        />{' '}
        {caveat} {kept.grid.seeds.length > 1 && ownSampleCaveat(rows.map((one) => one.sampledOf))} {divergedText(main)}{' '}
        <button
          type="button"
          className="plain"
          onClick={() => {
            setPaper(true);
          }}
        >
          {t('Table for a paper')}
        </button>
      </p>
      <Suspense>
        {paper && (
          <TableDialog
            tableAgainst={table}
            baselines={[]}
            onClose={() => {
              setPaper(false);
            }}
          />
        )}
      </Suspense>
      <GridVerdict rows={main} chosen={main[rows.indexOf(row ?? baseline)]!} results={results} />
      {sweep && <SweepPanel sweep={sweep} name={() => t('Over the {field}', { field: inSentence(t(sweep.label)) })} own />}
      {rows.length > 1 && (
        <ForestPanel
          rows={labelled}
          baseline={labelled[rows.indexOf(baseline)]!}
          columns={columns}
          table={() => resultRows(table())}
          of={caveat === '' ? '' : `${caveat} `}
        />
      )}
      {picked && row && <CellDetail row={row} baseline={baseline} index={picked.i} comparisons={rows.length - 1} />}
    </>
  );
}

/** Which cells have no numbers; empty if all have. */
function divergedText(rows: readonly MatrixRow[]): string {
  const cells = divergedNames(rows, variantText);
  return cells.length === 0
    ? ''
    : t('Diverged, so that it has no numbers and no part in the means: {cells}.', { cells: listed(cells) });
}

interface MatrixTableProps {
  readonly rows: readonly MatrixRow[];
  /** The measures shown, and where each is among a row's entries. */
  readonly columns: readonly { readonly measure: Measure; readonly i: number }[];
  readonly baseline: MatrixRow;
  /** Whether each row's rate was chosen. */
  readonly tuned: boolean;
  readonly picked: { readonly row: MatrixRow; readonly index: number } | null;
  readonly onChoose: (row: MatrixRow, measure: Measure) => void;
}

/** Pixels of a row of two lines. */
const ROW = 46;

function MatrixTable({ rows, columns, baseline, tuned, picked, onChoose }: MatrixTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const pin = (one: MatrixRow): void => {
    changeGrid({ baseline: one.variant.id });
  };
  const keys = useGridKeys({
    rows: rows.length + 1,
    onPick: (at) => {
      pin(rows[at - 1]!);
    },
  });
  const parts = useRowWindow(box, {
    keys: useMemo(() => rows.map(({ variant }) => variant.id), [rows]),
    estimate: () => ROW,
    kept: keys.row - 1,
  });
  return (
    <div ref={box} className={styles.scroll} role="region" aria-label={t('Matrix of the grid')}>
      <p id="matrix-keys" className="visually-hidden">
        {t('Arrow keys move, Enter shows a cell’s curves and tests, Space makes the row the baseline.')}
      </p>
      <table {...keys.table} className={styles.matrix} aria-label={t('Matrix of the grid')} aria-describedby="matrix-keys">
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{t('Baseline')}</th>
            <th scope="col">{t('Row')}</th>
            {tuned && <th scope="col">{t('Rate')}</th>}
            <th scope="col">{t('Cells')}</th>
            {columns.map(({ measure }) => (
              <th key={measure.id} scope="col">
                {measureHeading(measure)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <WindowRows parts={parts} columns={columns.length + (tuned ? 4 : 3)}>
            {(at) => {
              const one = rows[at]!;
              return (
                <tr key={one.variant.id} aria-rowindex={at + 2} data-row={one.variant.id} data-baseline={one === baseline}>
                  <td>
                    <input
                      type="radio"
                      name="baseline"
                      aria-label={t('Compare with {run}', { run: variantText(one.variant) })}
                      checked={one === baseline}
                      onChange={() => {
                        pin(one);
                      }}
                    />
                  </td>
                  <th scope="row">{variantText(one.variant)}</th>
                  {tuned && <td>{one.rate ?? '–'}</td>}
                  <td>
                    {one.done}/{one.total}
                  </td>
                  {columns.map(({ measure, i }) => (
                    <td key={measure.id}>
                      <EntryButton
                        entry={one.entries[i]!}
                        label={t('{measure} of {row}', { measure: measure.name, row: variantText(one.variant) })}
                        pressed={one === picked?.row && picked.index === i}
                        onClick={() => {
                          onChoose(one, measure);
                        }}
                      />
                    </td>
                  ))}
                </tr>
              );
            }}
          </WindowRows>
        </tbody>
      </table>
    </div>
  );
}

interface EntryButtonProps {
  readonly entry: MatrixEntry;
  readonly label: string;
  readonly pressed: boolean;
  readonly onClick: () => void;
}

function EntryButton({ entry: { measure, mean, sd, comparison }, label, pressed, onClick }: EntryButtonProps) {
  if (mean === null) return <span className={styles.note}>–</span>;
  return (
    <button type="button" className={styles.entry} aria-pressed={pressed} aria-label={label} onClick={onClick}>
      <span>
        {shownValue(measure, mean)}
        {sd !== null && ` ± ${shownValue(measure, sd)}`}
      </span>
      {comparison && (
        <span data-distinguishable={comparison.distinguishable}>
          {comparison.n === 1
            ? t('{difference}, one seed', { difference: signedShown(measure, comparison.difference) })
            : comparison.distinguishable
              ? signedShown(measure, comparison.difference)
              : t('not distinguishable')}
        </span>
      )}
    </button>
  );
}
