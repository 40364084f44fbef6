import { useMemo, useState } from 'react';
import { t } from '../../../../words/words';
import type { Measure } from '../../../../measures/measure';
import { Select } from '../../../ui/controls/Choice';
import { ComparedRecipes } from './ComparedRecipes';
import type { RunEntry } from '../../../../readings/runs/runEntry';
import { useRuns } from '../../../state/runs/runsState';
import { baselineChoices, runsTable, tabledGroups } from '../../../../readings/runs/runsTable';
import styles from './Compare.module.css';

interface CompareRunsProps {
  /** Runs as in the table; unfinished and hidden ones are left out. */
  readonly rows: readonly RunEntry[];
  readonly measure: Measure;
}

/** Finished runs side by side: recipes over their seeds, on each log and model, against one of them. */
export function CompareRuns({ rows, measure }: CompareRunsProps) {
  const groups = useMemo(() => tabledGroups(rows), [rows]);
  const choices = useMemo(() => baselineChoices(groups), [groups]);
  const recipes = useMemo(() => new Map(groups.map((group) => [group.key, group])), [groups]);
  const [chosen, setChosen] = useState<string | null>(null);
  const pinned = useRuns((runs) => runs.baseline);
  const ofTable = groups.find(({ members }) => members.some(({ run }) => run.id === pinned))?.key;
  const baseline = choices.find(({ value }) => value === (chosen ?? ofTable))?.value ?? choices[0]?.value;
  if (baseline === undefined || choices.length < 2) {
    return <p className={styles.note}>{t('There is nothing to compare: it takes finished runs of two arms or recipes.')}</p>;
  }
  const tableOf = () => runsTable(groups, baseline, [measure]);
  return (
    <ComparedRecipes
      name={() => t('{measure}, recipes compared', { measure: measure.name })}
      title={t('Which recipes differ in {measure}?', { measure: measure.name })}
      table={tableOf()}
      exported={tableOf}
      recipes={recipes}
      measure={measure}
      controls={<Select label={t('Compare with')} value={baseline} options={choices} onChange={setChosen} />}
      nothing={t('No recipe shares a log, a model and a seed with the baseline.')}
    />
  );
}
