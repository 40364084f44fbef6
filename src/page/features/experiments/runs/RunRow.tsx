import { memo, useState } from 'react';
import { message, t } from '../../../../words/words';
import { saveFile } from '../../../../charts/export/saveFile';
import { armMark } from '../../../../scene/marks/armMark';
import type { Measure } from '../../../../measures/measure';
import { whatChanged } from '../../../../recipe/whatChanged';
import { Swatch } from '../../../ui/controls/Swatch';
import { count, duration, fixed, moment, signed } from '../../../../readings/format';
import { useExperiment } from '../../../state/run/experiment';
import { runColour } from '../../../../readings/runs/runColours';
import type { ArmSummary } from '../../../../experiment/grid/armSummary';
import { openKept, showHindrance } from '../../../state/runs/openKept';
import { runFileName, type RunEntry } from '../../../../readings/runs/runEntry';
import { deleteRuns, markRun, recordOf, setBaseline, useRuns } from '../../../state/runs/runsState';
import { differenceFrom, readTags } from '../../../../readings/runs/runTable';
import styles from './Runs.module.css';
import { NAME, NOTES } from '../../../../recipe/texts';

interface RunRowProps {
  /** `aria-rowindex` */
  readonly index: number;
  readonly entry: RunEntry;
  /** The run made before it. */
  readonly before: RunEntry | null;
  readonly measure: Measure;
  readonly picked: boolean;
  readonly baseline: RunEntry | null;
  readonly onPick: (id: string) => void;
}

/** Memoised: a table of hundreds of rows is drawn anew whenever one of them changes. */
export const RunRow = memo(function RunRow({ index, entry, before, measure, picked, baseline, onPick }: RunRowProps) {
  const { spec, arms, hidden } = entry;
  const name = t('{recipe}, seed {seed}', { recipe: spec.name, seed: String(spec.seed) });
  const lines = (write: (arm: ArmSummary) => string) =>
    arms.map((arm) => (
      <span key={arm.id} className={styles.line}>
        {write(arm)}
      </span>
    ));
  const shown = (value: number | undefined): string => (value === undefined ? '–' : fixed(value * measure.scale, measure.digits));
  const ids = arms.map((arm) => arm.id);
  const isBaseline = entry.id === baseline?.id;
  return (
    <tr
      aria-rowindex={index}
      aria-selected={picked}
      data-row={entry.id}
      data-hidden={hidden}
      data-pinned={entry.pinned}
      data-baseline={isBaseline}
    >
      <td>
        <Marks entry={entry} name={name} picked={picked} isBaseline={isBaseline} onPick={onPick} />
      </td>
      <th scope="row">
        <OpenButton entry={entry} />
        {before && <Changes changes={whatChanged(before.spec, spec)} />}
      </th>
      <td>
        <Status entry={entry} />
      </td>
      <td data-number="">{spec.seed}</td>
      <td>
        {spec.arms.map((arm) => (
          <span key={arm.id} className={styles.arm} translate="no">
            <Swatch mark={armMark(arm.id, ids)} />
            {arm.label}
          </span>
        ))}
      </td>
      <td data-number="">
        {lines(({ best }) => {
          const value = best[measure.id];
          return value === undefined ? '–' : `${shown(value.value)} @${value.step}`;
        })}
      </td>
      <td data-number="">{lines(({ last }) => shown(last?.values[measure.id]))}</td>
      {baseline && (
        <td data-number="">
          {isBaseline
            ? t('baseline')
            : lines((arm) => {
                const difference = differenceFrom(baseline, entry, arm, measure.id);
                return difference === null ? '–' : signed(difference * measure.scale, measure.digits);
              })}
        </td>
      )}
      <td data-number="">
        {lines(({ steps, seconds }) => t('{n} steps, {time}', { n: count(steps), time: duration(seconds) }))}
      </td>
      <td className={styles.when}>{moment(entry.createdAt)}</td>
      <td>
        <Words entry={entry} name={name} />
      </td>
      <td>
        <Actions entry={entry} name={name} />
      </td>
    </tr>
  );
});

interface MarksProps extends Pick<RunRowProps, 'entry' | 'picked' | 'onPick'> {
  readonly name: string;
  readonly isBaseline: boolean;
}

function Marks({ entry, name, picked, isBaseline, onPick }: MarksProps) {
  const colour = runColour(entry.colour);
  return (
    <span className={styles.marks}>
      <input
        type="checkbox"
        aria-label={t('Pick {run}', { run: name })}
        title={t('Pick for curves and comparisons')}
        checked={picked}
        onChange={() => {
          onPick(entry.id);
        }}
      />
      <button
        type="button"
        className={styles.colour}
        data-legend=""
        style={{ backgroundColor: colour.value }}
        aria-label={t('Colour of {run}: {colour}. Next colour', { run: name, colour: t(colour.name) })}
        title={t('Next colour')}
        onClick={() => {
          markRun(entry.id, { colour: entry.colour + 1 });
        }}
      />
      <button
        type="button"
        aria-pressed={entry.pinned}
        aria-label={t('Pin {run}', { run: name })}
        title={entry.pinned ? t('Pinned to the top') : t('Pin to the top')}
        onClick={() => {
          markRun(entry.id, { pinned: !entry.pinned });
        }}
      >
        {entry.pinned ? '★' : '☆'}
      </button>
      <button
        type="button"
        aria-pressed={entry.hidden}
        aria-label={t('Hide {run}', { run: name })}
        title={entry.hidden ? t('Left out of curves and comparisons') : t('Leave out of curves and comparisons')}
        onClick={() => {
          markRun(entry.id, { hidden: !entry.hidden });
        }}
      >
        {entry.hidden ? '○' : '●'}
      </button>
      <button
        type="button"
        aria-pressed={isBaseline}
        aria-label={t('Compare with {run}', { run: name })}
        title={isBaseline ? t('The baseline: the others are compared with it') : t('Compare the others with it')}
        onClick={() => {
          setBaseline(isBaseline ? null : entry.id);
        }}
      >
        {isBaseline ? '⚑' : '⚐'}
      </button>
    </span>
  );
}

/** Shows the run's figures in place of the current ones. */
function OpenButton({ entry }: { readonly entry: RunEntry }) {
  const live = useRuns((runs) => runs.live);
  const hindrance = useExperiment((experiment) => showHindrance(entry.id, experiment, { live }));
  return (
    <button
      type="button"
      className="plain"
      translate="no"
      disabled={hindrance !== null}
      title={hindrance ?? t('Show its figures')}
      onClick={() => {
        void openKept(entry);
      }}
    >
      {entry.spec.name}
    </button>
  );
}

function Changes({ changes }: { readonly changes: readonly string[] }) {
  const text = changes.length === 0 ? t('same recipe as the previous run') : changes.join('; ');
  return (
    <span className={styles.changes} title={t('Compared with the previous run: {changes}', { changes: text })}>
      {text}
    </span>
  );
}

const STATUS: Readonly<Record<RunEntry['status'], string>> = {
  finished: message('finished'),
  stopped: message('stopped'),
  failed: message('failed'),
  interrupted: message('interrupted'),
};

function Status({ entry }: { readonly entry: RunEntry }) {
  const live = useRuns((runs) => runs.live === entry.id);
  const paused = useExperiment(({ phase }) => phase === 'paused');
  if (live) return <>{paused ? t('paused') : t('running')}</>;
  const { status, failure } = entry;
  return (
    <span title={failure ?? (status === 'interrupted' ? t('The page was closed while it ran.') : undefined)} data-status={status}>
      {t(STATUS[status])}
    </span>
  );
}

function Words({ entry, name }: { readonly entry: RunEntry; readonly name: string }) {
  /** The text as typed, so that a comma does not vanish under the cursor. */
  const [tags, setTags] = useState(entry.tags.join(', '));
  return (
    <span className={styles.words}>
      <input
        type="text"
        aria-label={t('Tags of {run}', { run: name })}
        placeholder={t('tags')}
        value={tags}
        maxLength={NAME}
        onChange={(event) => {
          setTags(event.currentTarget.value);
          markRun(entry.id, { tags: readTags(event.currentTarget.value) });
        }}
      />
      <textarea
        rows={1}
        aria-label={t('Notes on {run}', { run: name })}
        placeholder={t('notes, Markdown')}
        value={entry.notes}
        maxLength={NOTES}
        onChange={(event) => {
          markRun(entry.id, { notes: event.currentTarget.value });
        }}
      />
    </span>
  );
}

/** Deleting asks once, and can be undone after. */
function Actions({ entry, name }: { readonly entry: RunEntry; readonly name: string }) {
  const [asked, setAsked] = useState(false);
  const live = useRuns((runs) => runs.live === entry.id);
  const save = async () => {
    const record = await recordOf(entry.id);
    if (record) saveFile(runFileName(entry), new Blob([JSON.stringify(record)], { type: 'application/json' }));
  };
  if (asked) {
    return (
      <span className={styles.actions} role="group" aria-label={t('Delete {run}?', { run: name })}>
        <button
          type="button"
          onClick={() => {
            void deleteRuns([entry.id]);
          }}
        >
          {t('Confirm delete')}
        </button>
        <button
          // In the place of Delete, so that the focus stays: a key that repeats deletes nothing.
          key="second"
          type="button"
          onClick={() => {
            setAsked(false);
          }}
        >
          {t('Keep')}
        </button>
      </span>
    );
  }
  return (
    <span className={styles.actions}>
      <button
        type="button"
        aria-label={t('Save {run} as a file', { run: name })}
        onClick={() => {
          void save();
        }}
      >
        {t('Save')}
      </button>
      <button
        key="second"
        type="button"
        disabled={live}
        aria-label={t('Delete {run}', { run: name })}
        onClick={() => {
          setAsked(true);
        }}
      >
        {t('Delete')}
      </button>
    </span>
  );
}
