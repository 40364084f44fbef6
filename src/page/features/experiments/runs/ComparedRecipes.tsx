import { useState, type ReactNode } from 'react';
import { t } from '../../../../words/words';
import { ForestPlot } from '../../../../charts/forest/ForestPlot';
import { forestLabelWidth } from '../../../../charts/forest/forestPlot';
import { forestRows } from '../../../../charts/forest/forestRows';
import type { Measure } from '../../../../measures/measure';
import { resultRows } from '../../../../paper/tables/csvTable';
import { tableNotes } from '../../../../paper/tables/tableNotes';
import type { ResultGroup, ResultRow, ResultsTable } from '../../../../paper/tables/resultsTable';
import { pText } from '../../../../statistics/comparison';
import { Select } from '../../../ui/controls/Choice';
import { Panel } from '../../../ui/panel/Panel';
import { count, fixed, listed, signed } from '../../../../readings/format';
import { MapsCompared, type MappedArm } from './MapsCompared';
import { PowerNote } from './PowerNote';
import { changesBetween, type RecipeGroup } from '../../../../readings/runs/recipeGroups';
import type { RunEntry } from '../../../../readings/runs/runEntry';
import { differenceHeading, measureHeading } from '../../../../measures/measures';
import styles from './Compare.module.css';

/** Pixels for a row's name beside its difference; the table has the full name. */
const MOST_LABEL = 240;

type Recipes = ReadonlyMap<string, RecipeGroup<RunEntry>>;

interface ComparedRecipesProps {
  /** Of the panel, and its file name. */
  readonly name: () => string;
  /** The question that it answers. */
  readonly title: string;
  /** Of one measure. */
  readonly table: ResultsTable;
  /** The same for a file, called when English is spoken. */
  readonly exported: () => ResultsTable;
  /** The runs of every row of the table, by its ID. */
  readonly recipes: Recipes;
  readonly measure: Measure;
  readonly controls: ReactNode;
  /** What to say if there is no difference. */
  readonly nothing: string;
}

/** A row that is compared with the baseline of its group. */
interface Pair {
  readonly key: string;
  readonly label: string;
  /** Of its group. */
  readonly heading: string | null;
  readonly row: ResultRow;
  readonly control: ResultRow;
  /** Differences that are tested together. */
  readonly family: number;
}

/**
 * Recipes over their seeds, group by group, against a baseline each: values, differences, tests, and what
 * their recipes differ in.
 */
export function ComparedRecipes({ name, title, table, exported, recipes, measure, controls, nothing }: ComparedRecipesProps) {
  const pairs = table.groups.flatMap(pairsOf);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = pairs.find(({ key }) => key === chosen) ?? pairs[0];
  const found = pairs.filter(({ row }) => row.entries[0]!.comparison?.distinguishable).length;
  return (
    <Panel
      name={name}
      title={title}
      wide
      drawn={pairs.length > 0}
      controls={controls}
      table={() => resultRows(exported())}
      sentence={
        pairs.length === 0
          ? nothing
          : t('{found} of {n} differences are distinguishable from 0.', { found: count(found), n: count(pairs.length) })
      }
      caption={
        // The words of the exported table.
        <span lang="en" translate="no">
          {tableNotes(table, true, false).join(' ')}
        </span>
      }
    >
      {table.groups.map((group) => (
        <Group key={group.rows[0]!.id} group={group} recipes={recipes} measure={measure} />
      ))}
      {table.groups.some(({ family }) => family !== undefined) && (
        <Differences
          pairs={pairs}
          recipes={recipes}
          measure={measure}
          labelOf={({ heading, label }) => heading ?? label}
          place={null}
        />
      )}
      {asked && (
        <>
          {pairs.length > 1 && (
            <Select
              label={t('Power and attention of')}
              value={asked.key}
              options={pairs.map(({ key, label }) => ({ value: key, label }))}
              onChange={setChosen}
            />
          )}
          <PowerNote
            key={`${asked.key} ${measure.id}`}
            measure={measure}
            name={t('{row} against {baseline}', { row: asked.row.label, baseline: asked.control.label })}
            own={asked.row.entries[0]!.values}
            baseline={asked.control.entries[0]!.values}
            comparisons={asked.family}
          />
          <MapsCompared
            own={mappedArm(asked.row, asked.control, recipes)}
            baseline={mappedArm(asked.control, asked.row, recipes)}
          />
        </>
      )}
    </Panel>
  );
}

function pairsOf({ heading, baseline, rows, family = rows.length - 1 }: ResultGroup): Pair[] {
  const control = rows.find(({ id }) => id === baseline);
  if (control === undefined) return [];
  return rows
    .filter((row) => row !== control && row.entries[0]!.comparison !== null)
    .map((row) => ({
      key: row.id,
      label: heading === null ? row.label : `${row.label}, ${heading}`,
      ...{ heading, row, control, family },
    }));
}

interface GroupProps {
  readonly group: ResultGroup;
  readonly recipes: Recipes;
  readonly measure: Measure;
}

/** Rows that are compared with one of them, such as those on one log with one model. */
function Group({ group, recipes, measure }: GroupProps) {
  const { heading, baseline, rows } = group;
  const control = rows.find(({ id }) => id === baseline) ?? null;
  const pairs = pairsOf(group);
  return (
    <section className={styles.place}>
      {heading !== null && <h3 translate="no">{heading}</h3>}
      <div
        className={styles.scroll}
        tabIndex={0}
        role="region"
        aria-label={heading === null ? t('Recipes compared') : t('Recipes compared, {place}', { place: heading })}
      >
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('Arm, recipe')}</th>
              <th scope="col">{t('Seeds')}</th>
              <th scope="col">{measureHeading(measure)}</th>
              <th scope="col">{t('Difference')}</th>
              <th scope="col">{t('Test')}</th>
              <th scope="col">{t('Its recipe')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.id}
                row={row}
                control={control}
                measure={measure}
                changes={changesOf(row, control, recipes)}
                notes={recipes
                  .get(row.id)!
                  .members.flatMap(({ run }) =>
                    run.notes === '' ? [] : t('Seed {seed}: {notes}', { seed: String(run.spec.seed), notes: run.notes }),
                  )}
              />
            ))}
          </tbody>
        </table>
      </div>
      {group.family === undefined && (
        <Differences pairs={pairs} recipes={recipes} measure={measure} labelOf={({ row }) => row.label} place={heading} />
      )}
    </section>
  );
}

interface DifferencesProps {
  readonly pairs: readonly Pair[];
  readonly recipes: Recipes;
  readonly measure: Measure;
  readonly labelOf: (pair: Pair) => string;
  /** What the rows have in common, if there are other groups. */
  readonly place: string | null;
}

/** Differences as one forest plot. */
function Differences({ pairs, recipes, measure, labelOf, place }: DifferencesProps) {
  if (pairs.length === 0) return null;
  const labelWidth = Math.min(MOST_LABEL, forestLabelWidth(pairs.map(labelOf)));
  const drawn = (row: ResultRow, label: string) => ({
    variant: { arm: { id: recipes.get(row.id)!.members[0].arm.id }, label },
    entries: row.entries,
  });
  const rows = pairs.map((pair) => drawn(pair.row, labelOf(pair)));
  const told = pairs.map((pair) => `${labelOf(pair)} ${differenceText(pair.row, measure)}`).join(', ');
  return (
    <div
      className={styles.scroll}
      tabIndex={0}
      role="region"
      aria-label={place === null ? t('Differences') : t('Differences, {place}', { place })}
    >
      <ForestPlot
        title={() => differenceHeading(measure)}
        rows={pairs.flatMap(({ control }, i) => {
          const against = drawn(control, control.label);
          return forestRows([against, ...rows], against, 0, ({ label }) => label)[i] ?? [];
        })}
        width={labelWidth + 260}
        labelWidth={labelWidth}
        description={t('{measure}, differences: {rows}', { measure: measure.name, rows: told })}
      />
    </div>
  );
}

/** A row's run with a seed that the other has, too, so that their histories are the same. */
function mappedArm(row: ResultRow, other: ResultRow, recipes: Recipes): MappedArm {
  const seeds = new Set(recipes.get(other.id)!.members.map(({ run }) => run.spec.seed));
  const { members } = recipes.get(row.id)!;
  const shared = members.filter(({ run }) => seeds.has(run.spec.seed)).sort((a, b) => a.run.spec.seed - b.run.spec.seed);
  const { run, arm } = shared[0] ?? members[0];
  return { label: row.label, run: run.id, arm: arm.id, seed: run.spec.seed };
}

function changesOf(row: ResultRow, control: ResultRow | null, recipes: Recipes): string {
  if (control === null) return '';
  if (row === control) return t('the baseline');
  const changes = changesBetween(recipes.get(control.id)!, recipes.get(row.id)!);
  return changes.length === 0 ? t('the same') : listed(changes);
}

function differenceText({ entries: [entry] }: ResultRow, measure: Measure): string {
  const comparison = entry!.comparison;
  if (comparison === null) return '–';
  const shown = (value: number): string => signed(value * measure.scale, measure.digits);
  const { difference, low, high } = comparison;
  return low === null || high === null ? shown(difference) : `${shown(difference)} [${shown(low)}, ${shown(high)}]`;
}

interface RowProps {
  readonly row: ResultRow;
  readonly control: ResultRow | null;
  readonly measure: Measure;
  readonly changes: string;
  readonly notes: readonly string[];
}

function Row({ row, control, measure, changes, notes }: RowProps) {
  const { mean, sd, comparison, values } = row.entries[0]!;
  const shown = (value: number): string => fixed(value * measure.scale, measure.digits);
  return (
    <tr data-baseline={row === control}>
      <th scope="row" translate="no">
        {row.label}
      </th>
      <td>{[...values.keys()].sort((a, b) => a - b).join(', ') || '–'}</td>
      <td>{mean === null ? '–' : `${shown(mean)}${sd === null ? '' : ` ± ${shown(sd)}`}`}</td>
      <td data-distinguishable={comparison?.distinguishable}>{row === control ? '' : differenceText(row, measure)}</td>
      <td>
        {comparison === null
          ? ''
          : comparison.adjusted === null
            ? t('no test')
            : comparison.distinguishable
              ? t('{p}, distinguishable', { p: pText(comparison.adjusted) })
              : t('{p}, not distinguishable', { p: pText(comparison.adjusted) })}
      </td>
      <td className={styles.changes}>
        {changes}
        {notes.map((note) => (
          <p key={note} className={styles.notes}>
            {note}
          </p>
        ))}
      </td>
    </tr>
  );
}
