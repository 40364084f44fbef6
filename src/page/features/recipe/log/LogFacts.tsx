import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { Fragment, type ReactNode } from 'react';
import type { LogFormat } from '../../../../log/exports';
import { SAMPLE_LOG } from '../../../../log/sampleLog';
import { ONLINE_RETAIL, percentOf } from '../../../../log/siteLogs';
import type { LogSummary } from '../../../../record/runRecord';
import { count } from '../../../../readings/format';
import { Findings } from '../../../ui/Findings';
import { useExperiment } from '../../../state/run/experiment';
import { useRecipe } from '../../../state/recipe/recipe';
import { saveLog } from '../../../state/session/exports';
import { useSession } from '../../../state/session/SessionContext';
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
        {t(
          '{interactions} interactions of {users} users with {items} items; {queries} with a query, {exposures} exposed and not clicked. {cold} test targets are cold.',
          {
            interactions: count(summary.interactions),
            users: count(summary.users),
            items: count(summary.items),
            queries: count(summary.queries),
            exposures: count(summary.exposures),
            cold: count(summary.coldTargets),
          },
        )}
      </p>
      {summary.name === ONLINE_RETAIL.id && <Credit />}
      {summary.visual && <Visual of={summary.visual} items={summary.items} />}
      {summary.dropped.map(({ reason, rows }) => (
        <p key={reason}>
          {t('{n, plural, one {{rows} row} other {{rows} rows}} left out: {reason}', { n: rows, rows: count(rows), reason })}
        </p>
      ))}
      {opened?.summary.id === dataId && <Findings findings={opened.findings} />}
      <p>
        <T
          text="Log and split as files of <files></files> (ZIP)"
          values={{
            files: () =>
              EXPORTS.map(({ format, label }, i) => (
                <Fragment key={format}>
                  {i > 0 && ' '}
                  <button
                    type="button"
                    className="plain"
                    translate="no"
                    disabled={opened?.summary.id !== dataId && dataId !== SAMPLE_LOG.id}
                    onClick={() => {
                      void saveLog(session, dataId, format);
                    }}
                  >
                    {label}
                  </button>
                </Fragment>
              )),
          }}
        />
      </p>
    </div>
  );
}

/** Where the site's real log comes from, and what it lacks, as its licence demands. */
function Credit() {
  const { title, author, url, licence, licenceUrl, lines, allLines, folder } = ONLINE_RETAIL;
  const linked = (href: string) => (inside: ReactNode) => (
    <a href={href} target="_blank" rel="noopener">
      {inside}
    </a>
  );
  return (
    <p>
      <T
        text="The first {lines} of {all} lines ({percent} %) of <source>{title}</source> ({author}; <licence>{licenceName}</licence>), orders of a British shop, without the country: <readme>what was changed</readme>."
        values={{
          lines: count(lines),
          all: count(allLines),
          percent: percentOf(ONLINE_RETAIL),
          title,
          author,
          licenceName: licence,
          source: linked(url),
          licence: linked(licenceUrl),
          readme: linked(`${import.meta.env.BASE_URL}${folder}/README.md`),
        }}
      />
    </p>
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
  const values = { had: count(had), items: count(items), width: count(width) };
  if (source === undefined) return <p>{t('{had} of {items} items have visual features, {width} numbers each.', values)}</p>;
  const own = {
    ...values,
    source: source.name,
    author: source.author,
    title: count(source.matches.title),
    head: count(source.matches.head),
    category: count(source.matches.category),
    license: () => (
      <a href={source.licenseUrl} target="_blank" rel="noopener" translate="no">
        {source.license}
      </a>
    ),
  };
  return (
    <p>
      {source.matches.category > had / 2 ? (
        <T
          text="{had} of {items} items have visual features, {width} numbers each: icons of {source} ({author}, <license></license>), found by the title for {title}, by its last word for {head} and by the category for {category}. So these features say little more than the category."
          values={own}
        />
      ) : (
        <T
          text="{had} of {items} items have visual features, {width} numbers each: icons of {source} ({author}, <license></license>), found by the title for {title}, by its last word for {head} and by the category for {category}."
          values={own}
        />
      )}
    </p>
  );
}
