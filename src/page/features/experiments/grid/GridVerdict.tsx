import { useMemo } from 'react';
import { t } from '../../../../words/words';
import type { MatrixRow } from '../../../../experiment/grid/matrix';
import type { CellResult } from '../../../../experiment/grid/results';
import { useSavedRecord } from '../../../state/runs/useSavedRecord';
import { armsOfRows } from '../../../../readings/verdict/armsOverSeeds';
import { Sentences } from '../../../ui/panel/Sentences';
import { verdictOverSeeds } from '../../../../readings/verdict/verdictOverSeeds';
import { settingText } from '../../../../readings/grid/words';
import styles from './Grid.module.css';

interface GridVerdictProps {
  /** All rows of the grid. */
  readonly rows: readonly MatrixRow[];
  /** The row whose setting is described. */
  readonly chosen: MatrixRow;
  readonly results: ReadonlyMap<string, CellResult>;
}

/** What the arms under one setting of the grid achieved, over its seeds. */
export function GridVerdict({ rows, chosen, results }: GridVerdictProps) {
  const setting = JSON.stringify(chosen.variant.settings);
  const same = useMemo(() => rows.filter(({ variant }) => JSON.stringify(variant.settings) === setting), [rows, setting]);
  const run = same.flatMap(({ cells }) => cells.map(({ key }) => results.get(key)?.run)).find((id) => id !== undefined) ?? null;
  const record = useSavedRecord(run);
  const verdict = useMemo(() => record && verdictOverSeeds(record, armsOfRows(same, results)), [record, same, results]);
  const words = chosen.variant.settings.map(settingText).join(', ');
  return (
    <section aria-label={t('Verdict over seeds')}>
      <h3 className={styles.legend}>
        {words === '' ? t('What happened') : t('What happened, with {settings}', { settings: words })}
      </h3>
      {verdict === null ? (
        <p className={styles.note}>
          {t('One seed says nothing about others: a verdict appears when two arms of this setting have two seeds each.')}
        </p>
      ) : (
        <>
          <p className={styles.note}>
            {verdict.when}. {chosen.variant.settings.length > 0 && t('Choose a cell of the matrix for another setting.')}
          </p>
          <Sentences verdict={verdict} />
          <p className={styles.note}>
            <b>{t('What this does not show.')}</b> {verdict.limits.join(' ')}
          </p>
        </>
      )}
    </section>
  );
}
