import { Fragment } from 'react';
import type { LogFormat } from '../../log/exports';
import { SAMPLE_LOG } from '../../log/sampleLog';
import type { LogSummary } from '../../record/runRecord';
import { count } from '../format';
import { Findings } from '../intake/Findings';
import { useExperiment } from '../state/experiment';
import { useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';
import styles from './Log.module.css';

const EXPORTS: readonly { readonly format: LogFormat; readonly label: string }[] = [
  { format: 'recbole', label: 'RecBole' },
  { format: 'minionerec', label: 'MiniOneRec' },
];

/** What was read, and what was left out. */
export function LogFacts() {
  const session = useSession();
  const opened = useExperiment((experiment) => experiment.log);
  const recorded = useExperiment((experiment) => experiment.record?.data);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  const summary = opened?.summary.id === dataId ? opened.summary : recorded?.id === dataId ? recorded : null;
  if (!summary) return null;
  return (
    <div className={styles.facts}>
      <p>
        {count(summary.interactions)} interactions of {count(summary.users)} users with {count(summary.items)} items;{' '}
        {count(summary.queries)} with a query, {count(summary.exposures)} exposed and not clicked. {count(summary.coldTargets)}{' '}
        test targets are cold.
      </p>
      {summary.visual && <Visual of={summary.visual} items={summary.items} />}
      {summary.dropped.map(({ reason, rows }) => (
        <p key={reason}>
          {count(rows)} {rows === 1 ? 'row' : 'rows'} left out: {reason}
        </p>
      ))}
      {opened?.summary.id === dataId && <Findings findings={opened.findings} />}
      <p>
        Log and split as files of{' '}
        {EXPORTS.map(({ format, label }) => (
          <Fragment key={format}>
            <button
              type="button"
              className="plain"
              disabled={opened?.summary.id !== dataId && dataId !== SAMPLE_LOG.id}
              onClick={() => {
                session.exportLog(dataId, format);
              }}
            >
              {label}
            </button>{' '}
          </Fragment>
        ))}
        (ZIP)
      </p>
    </div>
  );
}

/** Number of items with visual features, and the source of the pictures that come with the page. */
function Visual({
  of: { width, missing, source },
  items,
}: {
  readonly of: NonNullable<LogSummary['visual']>;
  readonly items: number;
}) {
  const had = items - missing;
  return (
    <p>
      {count(had)} of {count(items)} items have visual features, {count(width)} numbers each
      {source && (
        <>
          : icons of {source.name} ({source.author},{' '}
          <a href={source.licenseUrl} target="_blank" rel="noopener">
            {source.license}
          </a>
          ), found by the title for {count(source.matches.title)}, by its last word for {count(source.matches.head)} and by the
          category for {count(source.matches.category)}
          {source.matches.category > had / 2 && '. So these features say little more than the category'}
        </>
      )}
      .
    </p>
  );
}
