import { Fragment, useState, type ReactNode } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { mainMeasures } from '../../../../measures/measures';
import { Select } from '../../../ui/controls/Choice';
import { listed } from '../../../../readings/format';
import { ComparedRecipes } from '../runs/ComparedRecipes';
import { useRuns } from '../../../state/runs/runsState';
import { gridKey, resultsOf, type KeptGrid } from '../../../state/grid/gridState';
import { gridsCompared } from '../../../../readings/grid/gridsTable';
import { usePlanned } from './usePlanned';
import styles from './Grid.module.css';

const bold = (inside: ReactNode) => <b>{inside}</b>;

interface GridsComparedProps {
  /** Two or more. */
  readonly grids: readonly KeptGrid[];
  /** Of each. */
  readonly labels: readonly string[];
}

/** Two kept grids against each other, row by row. */
export function GridsCompared({ grids, labels }: GridsComparedProps) {
  const entries = useRuns((runs) => runs.entries);
  const results = resultsOf(entries);
  const options = grids.map((grid, i) => ({ value: gridKey(grid), label: labels[i]! }));
  const [[first, second], choose] = useState<readonly [string | null, string | null]>([null, null]);
  const place = (key: string | null, usual: number): number => {
    const found = options.findIndex(({ value }) => value === key);
    return found < 0 ? usual : found;
  };
  const to = place(second, 0);
  const from = place(first, to === 0 ? 1 : 0);
  const ks = [...new Set([grids[from]!, grids[to]!].flatMap(({ grid }) => grid.base.evaluation.ks))];
  const measures = mainMeasures(ks);
  const [measureId, setMeasure] = useState('hr@10');
  const measure = measures.find(({ id }) => id === measureId) ?? measures[0]!;
  const before = usePlanned(grids[from]!, labels[from]!);
  const after = usePlanned(grids[to]!, labels[to]!);
  const controls = (
    <>
      <Select
        label={t('Compare')}
        value={options[to]!.value}
        options={options}
        onChange={(key) => {
          choose([options[from]!.value, key]);
        }}
      />
      <Select
        label={t('with')}
        value={options[from]!.value}
        options={options}
        onChange={(key) => {
          choose([key, options[to]!.value]);
        }}
      />
      <Select
        label={t('Measure')}
        value={measure.id}
        options={measures.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setMeasure}
      />
    </>
  );
  if (!before || !after)
    return <p className={styles.note}>{t('One of the grids cannot be read by this version of the page.')}</p>;
  const itself = from === to;
  const compare = () => {
    const compared = gridsCompared([before, after], results, entries, [measure]);
    return itself ? { ...compared, table: { ...compared.table, groups: [] } } : compared;
  };
  const { changes, recipes, alone, table } = compare();
  const names = { b: bold, first: labels[from]!, second: labels[to]! };
  return (
    <>
      <p className={styles.caption}>
        {changes.length === 0 ? (
          <T text="<b>{second}</b> asks the same as <b>{first}</b>." values={names} />
        ) : (
          <T
            text="<b>{second}</b> differs from <b>{first}</b> in: {changes}."
            values={{ ...names, changes: changes.join('; ') }}
          />
        )}
        {alone.map((rows, i) =>
          rows.length === 0 ? null : (
            <Fragment key={i === 0 ? 'first' : 'second'}>
              {' '}
              <T
                text="Only in <b>{grid}</b>: {rows}."
                values={{ b: bold, grid: labels[i === 0 ? from : to]!, rows: listed([...rows]) }}
              />
            </Fragment>
          ),
        )}
      </p>
      <ComparedRecipes
        name={() => t('{measure}, two grids compared', { measure: measure.name })}
        title={t('Where do the grids differ in {measure}?', { measure: measure.name })}
        table={table}
        exported={() => compare().table}
        recipes={recipes}
        measure={measure}
        controls={controls}
        nothing={
          itself
            ? t('Choose two different grids.')
            : table.groups.length === 0
              ? t('The grids have no row of the same arm and setting with results in both.')
              : t('No difference: the grids share no seed on one log.')
        }
      />
    </>
  );
}
