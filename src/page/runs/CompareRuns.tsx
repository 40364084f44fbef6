import { useMemo, useState } from 'react';
import { ForestPlot } from '../../charts/forest/ForestPlot';
import { forestLabelWidth } from '../../charts/forest/forestPlot';
import { forestRows } from '../../charts/forest/forestRows';
import type { Measure } from '../../measures/measure';
import { measureHeading } from '../../measures/measures';
import { resultRows } from '../../paper/tables/csvTable';
import { tableNotes } from '../../paper/tables/tableNotes';
import type { ResultGroup, ResultRow } from '../../paper/tables/resultsTable';
import { pText } from '../../statistics/comparison';
import { Select } from '../controls/Choice';
import { Panel } from '../figure/panel/Panel';
import { count, fixed, listed, signed } from '../format';
import { MapsCompared, type MappedArm } from './MapsCompared';
import { PowerNote } from './PowerNote';
import { changesBetween, type RecipeGroup } from './recipeGroups';
import type { RunEntry } from './runEntry';
import { useRuns } from './runsState';
import { baselineChoices, runsTable, tabledGroups } from './runsTable';
import styles from './Compare.module.css';

/** Pixels for a row's name beside its difference; the table has the full name. */
const MOST_LABEL = 240;

interface CompareRunsProps {
  /** Runs as in the table; unfinished and hidden ones are left out. */
  readonly rows: readonly RunEntry[];
  readonly measure: Measure;
}

/** Finished runs side by side: recipes over their seeds, on each log and model, against one of them. */
export function CompareRuns({ rows, measure }: CompareRunsProps) {
  const groups = useMemo(() => tabledGroups(rows), [rows]);
  const choices = useMemo(() => baselineChoices(groups), [groups]);
  const [chosen, setChosen] = useState<string | null>(null);
  const pinned = useRuns((runs) => runs.baseline);
  const ofTable = groups.find(({ members }) => members.some(({ run }) => run.id === pinned))?.key;
  const baseline = choices.find(({ value }) => value === (chosen ?? ofTable))?.value ?? choices[0]?.value;
  if (baseline === undefined || choices.length < 2) {
    return <p className={styles.note}>There is nothing to compare: it takes finished runs of two arms or recipes.</p>;
  }
  const table = runsTable(groups, baseline, [measure]);
  const recipes = new Map(groups.map((group) => [group.key, group]));
  const compared = table.groups.flatMap((group) => group.rows.flatMap(({ entries }) => entries[0]!.comparison ?? []));
  const found = compared.filter(({ distinguishable }) => distinguishable).length;
  return (
    <Panel
      name={`${measure.name}, recipes compared`}
      title={`Which recipes differ in ${measure.name}?`}
      wide
      drawn={compared.length > 0}
      controls={<Select label="Compare with" value={baseline} options={choices} onChange={setChosen} />}
      table={() => resultRows(table)}
      sentence={
        compared.length === 0
          ? 'No recipe shares a log, a model and a seed with the baseline.'
          : `${count(found)} of ${count(compared.length)} differences are distinguishable from 0.`
      }
      caption={tableNotes(table, true, false).join(' ')}
    >
      {table.groups.map((group) => (
        <Place key={group.rows[0]!.id} group={group} recipes={recipes} measure={measure} />
      ))}
    </Panel>
  );
}

interface PlaceProps {
  readonly group: ResultGroup;
  readonly recipes: ReadonlyMap<string, RecipeGroup<RunEntry>>;
  readonly measure: Measure;
}

/** Runs on one log with one model. */
function Place({ group: { heading, baseline, rows }, recipes, measure }: PlaceProps) {
  const control = rows.find(({ id }) => id === baseline) ?? null;
  const others = control === null ? [] : rows.filter((row) => row !== control && row.entries[0]!.comparison !== null);
  const [powered, setPowered] = useState<string | null>(null);
  const asked = others.find(({ id }) => id === powered) ?? others[0];
  const labelWidth = Math.min(MOST_LABEL, forestLabelWidth(rows.map(({ label }) => label)));
  const drawn = rows.map((row) => ({
    variant: { arm: { id: recipes.get(row.id)!.members[0].arm.id }, label: row.label },
    entries: row.entries,
  }));
  return (
    <section className={styles.place}>
      {heading !== null && <h3>{heading}</h3>}
      <div
        className={styles.scroll}
        tabIndex={0}
        role="region"
        aria-label={`Recipes compared${heading === null ? '' : `, ${heading}`}`}
      >
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Arm, recipe</th>
              <th scope="col">Seeds</th>
              <th scope="col">{measureHeading(measure)}</th>
              <th scope="col">Difference</th>
              <th scope="col">Test</th>
              <th scope="col">Its recipe</th>
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
                  .members.flatMap(({ run }) => (run.notes === '' ? [] : `Seed ${run.spec.seed}: ${run.notes}`))}
              />
            ))}
          </tbody>
        </table>
      </div>
      {control !== null && others.length > 0 && (
        <>
          <div
            className={styles.scroll}
            tabIndex={0}
            role="region"
            aria-label={`Differences${heading === null ? '' : `, ${heading}`}`}
          >
            <ForestPlot
              title={measureHeading(measure)}
              rows={forestRows(drawn, drawn[rows.indexOf(control)]!, 0, ({ label }) => label)}
              width={labelWidth + 260}
              labelWidth={labelWidth}
              description={`${measure.name} against ${control.label}: ${others.map((row) => `${row.label} ${differenceText(row, measure)}`).join(', ')}`}
            />
          </div>
          {others.length > 1 && (
            <Select
              label="Power and attention of"
              value={asked!.id}
              options={others.map(({ id, label }) => ({ value: id, label }))}
              onChange={setPowered}
            />
          )}
          <PowerNote
            key={`${asked!.id} ${measure.id}`}
            measure={measure}
            name={`${asked!.label} against ${control.label}`}
            own={asked!.entries[0]!.values}
            baseline={control.entries[0]!.values}
            comparisons={others.length}
          />
          <MapsCompared own={mappedArm(asked!, control, recipes)} baseline={mappedArm(control, asked!, recipes)} />
        </>
      )}
    </section>
  );
}

/** A row's run with a seed that the other has, too, so that their histories are the same. */
function mappedArm(row: ResultRow, other: ResultRow, recipes: PlaceProps['recipes']): MappedArm {
  const seeds = new Set(recipes.get(other.id)!.members.map(({ run }) => run.spec.seed));
  const { members } = recipes.get(row.id)!;
  const shared = members.filter(({ run }) => seeds.has(run.spec.seed)).sort((a, b) => a.run.spec.seed - b.run.spec.seed);
  const { run, arm } = shared[0] ?? members[0];
  return { label: row.label, run: run.id, arm: arm.id, seed: run.spec.seed };
}

function changesOf(row: ResultRow, control: ResultRow | null, recipes: PlaceProps['recipes']): string {
  if (control === null) return '';
  if (row === control) return 'the baseline';
  const changes = changesBetween(recipes.get(control.id)!, recipes.get(row.id)!);
  return changes.length === 0 ? 'the same' : listed(changes);
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
      <th scope="row">{row.label}</th>
      <td>{[...values.keys()].sort((a, b) => a - b).join(', ') || '–'}</td>
      <td>{mean === null ? '–' : `${shown(mean)}${sd === null ? '' : ` ± ${shown(sd)}`}`}</td>
      <td data-distinguishable={comparison?.distinguishable}>{row === control ? '' : differenceText(row, measure)}</td>
      <td>
        {comparison === null
          ? ''
          : comparison.adjusted === null
            ? 'no test'
            : `${pText(comparison.adjusted)}${comparison.distinguishable ? ', distinguishable' : ', not distinguishable'}`}
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
