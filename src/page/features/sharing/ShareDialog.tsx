import { useEffect, useId, useMemo, useState } from 'react';
import { createPortal } from 'react-dom';
import { SAMPLE_LOG } from '../../../log/sampleLog';
import { forestOfMatrix } from '../../../experiment/grid/forest';
import { sharedTraining } from '../../../experiment/grid/sweep';
import { gridMatrix } from '../../../experiment/grid/matrix';
import { mainMeasures } from '../../../measures/measures';
import type { RunRecord } from '../../../record/runRecord';
import { Checkbox, Segments } from '../../ui/controls/Choice';
import { CopyButton } from '../../ui/controls/CopyButton';
import { useModal } from '../../ui/controls/useModal';
import { SHIPPED_GRID, type EmbedKind } from '../../../files/embedLink';
import dialogs from '../../ui/Dialog.module.css';
import { bytes, listed } from '../../../readings/format';
import { divergedCells, resultsOf, useGrid } from '../../state/grid/gridState';
import { variantText } from '../../../readings/grid/words';
import { useOpening } from '../../state/opening/openingState';
import { useRuns } from '../../state/runs/runsState';
import { useExperiment } from '../../state/run/experiment';
import { useOwnLog } from '../../state/recipe/ownLog';
import { check, presetOf, useRecipe } from '../../state/recipe/recipe';
import { useView } from '../../state/view/view';
import type { Theme } from '../../../readings/choices';
import { cutWords } from '../../../record/shortened';
import { packRun, type PackedRun } from '../../../files/packedRun';
import { MOST_PACKED, packText } from '../../../files/packedText';
import { writeLink } from '../../../files/shareLink';
import {
  embedAddress,
  embedCode,
  forestAddress,
  FRAME_SIZES,
  linkedView,
  pageAddress,
  viewAddress,
  type FrameSize,
} from '../../../files/shareTargets';
import { isHosted, type LinkedRun } from '../../../files/viewLink';
import styles from './Sharing.module.css';
import { inEnglish, message, t } from '../../../words/words';

/** Links to what is on the page, code for other pages, and what the recipient of each will see. */
export function ShareDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useModal(true);
  return createPortal(
    <dialog ref={dialog} className={`${dialogs.dialog} ${styles.dialog}`} aria-labelledby="share-title" onClose={onClose}>
      <div className={styles.head}>
        <h2 id="share-title">{t('Share')}</h2>
        <form method="dialog">
          <button type="submit">{t('Close')}</button>
        </form>
      </div>
      <Offers />
    </dialog>,
    document.body,
  );
}

function Offers() {
  const record = useExperiment((experiment) => experiment.record);
  const lesson = useView((view) => view.centre === 'learn');
  const [hosted, setHosted] = useState('');
  const { run, packing, shipped } = useLinkedRun(record, hosted);
  return (
    <>
      {record !== null && !shipped && !lesson && (
        <RunPlace record={record} packing={packing} hosted={hosted} onHosted={setHosted} />
      )}
      {lesson ? <LessonLink /> : <ViewOffer record={record} run={run} packing={packing} />}
      <RecipeOffer />
      <EmbedOffer record={record} run={run} />
    </>
  );
}

type Packing = PackedRun | 'packing' | null;

interface Linked {
  /** Null if there is no run, or it cannot be in a link. */
  readonly run: LinkedRun | null;
  readonly packing: Packing;
  readonly shipped: boolean;
}

/** How a link provides the run shown: by name, by URL, or in full. */
function useLinkedRun(record: RunRecord | null, hosted: string): Linked {
  const id = useOpening((opening) => opening.shown);
  const recorded = useExperiment((experiment) => experiment.source === 'recorded');
  const probe = useView((view) => view.probe);
  const layer = useView((view) => view.layer);
  const head = useView((view) => view.head);
  const step = useView((view) => view.step);
  const measure = useView((view) => view.measure);
  const shipped = recorded && id !== null;
  const [packing, setPacking] = useState<Packing>('packing');
  useEffect(() => {
    if (record === null || shipped) return;
    let wanted = true;
    void packRun(record, { probe, layer, head, step, measure }).then((packed) => {
      if (wanted) setPacking(packed);
    });
    return () => {
      wanted = false;
    };
  }, [record, probe, layer, head, step, measure, shipped]);
  if (shipped) return { run: { kind: 'shipped', id }, packing: null, shipped };
  if (isHosted(hosted)) return { run: { kind: 'hosted', url: new URL(hosted).href }, packing, shipped };
  if (record === null || packing === null || packing === 'packing') return { run: null, packing, shipped };
  return { run: { kind: 'packed', text: packing.text }, packing, shipped };
}

interface RunPlaceProps {
  readonly record: RunRecord;
  readonly packing: Packing;
  readonly hosted: string;
  readonly onHosted: (url: string) => void;
}

/** Where the recipient gets a run that is not one of the site's. */
function RunPlace({ record, packing, hosted, onHosted }: RunPlaceProps) {
  const id = useId();
  return (
    <section className={styles.offer} aria-label={t('The run')}>
      <h3>{t('The run')}</h3>
      {packing === 'packing' && <p>{t('Packing the run…')}</p>}
      {packing === null && (
        <p>
          {t(
            'The run is too large for a link, even shortened ({most} at most). Save its run record with Export, put the file on a server that other sites may read from (CORS), and give its address here.',
            { most: bytes(MOST_PACKED) },
          )}
        </p>
      )}
      {packing !== null && packing !== 'packing' && (
        <p>
          {packing.without.length === 0
            ? t('The link holds the run itself ({size}). No server is needed.', { size: bytes(packing.bytes) })
            : t('The link holds the run itself ({size}), shortened to fit: without {parts}. No server is needed.', {
                size: bytes(packing.bytes),
                parts: listed(cutWords(packing.without)),
              })}
          {record.data.id !== SAMPLE_LOG.id && (
            <>
              {' '}
              {t(
                'It names your log by its file and SHA-256 and has the item titles of the history that is shown: whoever has the link can read them.',
              )}
            </>
          )}
        </p>
      )}
      <p className={styles.field}>
        <label htmlFor={id}>{t('Or the address of its run file (https)')}</label>
        <input
          id={id}
          type="text"
          inputMode="url"
          value={hosted}
          placeholder="https://"
          onChange={(event) => {
            onHosted(event.currentTarget.value.trim());
          }}
        />
      </p>
      {hosted !== '' && !isHosted(hosted) && (
        <p role="alert">{t('A run file is opened from an https: address without a user name.')}</p>
      )}
    </section>
  );
}

function LessonLink() {
  return (
    <Offer
      title={t('This step of the lesson')}
      receiver={t(
        'The receiver sees this step of the lesson, with nothing predicted or answered yet. Your answers are not in the link.',
      )}
      link={location.href.replace(/#.*$/, '')}
      copy={t('Copy link to the lesson')}
    />
  );
}

interface ViewOfferProps {
  readonly record: RunRecord | null;
  readonly run: LinkedRun | null;
  readonly packing: Packing;
}

function ViewOffer({ record, run, packing }: ViewOfferProps) {
  const view = useView();
  if (record !== null && run === null && packing === 'packing') return null;
  const link = viewAddress(pageAddress(location.href), run, linkedView(view), record);
  const receiver =
    run === null
      ? t('The receiver sees this view of the recorded run that the page opens with: the run on your page is not in the link.')
      : run.kind === 'shipped'
        ? t(
            'The receiver sees this run, recorded with the page, at the same view, layer, head, history, step, measure, K and arms, compared in the same order. Their recipe and runs stay as they are.',
          )
        : run.kind === 'hosted'
          ? t(
              'The receiver is asked whether the page may request the run file from that server, then sees it as you do. Their recipe and runs stay as they are.',
            )
          : t(
              'The receiver sees the run as far as the link holds it, as you look at it. Their recipe and runs stay as they are.',
            );
  return <Offer title={t('This view')} receiver={receiver} link={link} copy={t('Copy link to the view')} />;
}

function RecipeOffer() {
  const draft = useRecipe((recipe) => recipe.draft);
  const presetId = useRecipe((recipe) => recipe.presetId);
  const log = useOwnLog();
  const { spec } = check(draft);
  const hash = spec && writeLink(spec, presetOf(presetId), log?.hash ?? null);
  if (hash === null) {
    return (
      <section className={styles.offer} aria-label={t('This recipe')}>
        <h3>{t('This recipe')}</h3>
        <p>{t('The recipe has fields to correct; there is a link to it once they are right.')}</p>
      </section>
    );
  }
  return (
    <Offer
      title={t('This recipe')}
      receiver={
        log === null
          ? t('The receiver gets these settings and can run them; no result is in the link.')
          : t(
              'The receiver gets these settings and can run them; no result is in the link. Of your log it has the SHA-256 alone: they need its files.',
            )
      }
      link={pageAddress(location.href) + hash}
      copy={t('Copy link to the recipe')}
    />
  );
}

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'auto', label: message('as the system') },
  { value: 'light', label: message('light') },
  { value: 'dark', label: message('dark') },
];

function EmbedOffer({ record, run }: Omit<ViewOfferProps, 'packing'>) {
  const view = useView();
  const grid = useOwnForest();
  const [kind, setKind] = useState<EmbedKind>('attention');
  const [theme, setTheme] = useState<Theme>('auto');
  const [controls, setControls] = useState(true);
  const [size, setSize] = useState<FrameSize>('medium');
  const frame = { kind, theme, controls };
  const page = pageAddress(location.href);
  const ownRun = record !== null && run === null;
  const address =
    kind === 'forest'
      ? forestAddress(page, frame, grid?.packed === undefined ? { name: SHIPPED_GRID, at: null } : { packed: grid.packed })
      : embedAddress(page, frame, run, linkedView(view), record);
  const figures: readonly { value: EmbedKind; label: string }[] = [
    { value: 'attention', label: t('attention') },
    { value: 'hr', label: t('ranking') },
    { value: 'collapse', label: t('collapse') },
    { value: 'forest', label: t('differences of a grid') },
  ];
  const title = kind === 'forest' ? (grid?.name ?? t('Learning rates')) : (record?.spec.name ?? t('Recorded run'));
  const code = embedCode(address, { kind, size }, t('{title}: a figure of KARMA Playground', { title }));
  return (
    <section className={styles.offer} aria-label={t('Embed code')}>
      <h3>{t('One figure in another page')}</h3>
      <p className={styles.choices}>
        <Segments label={t('Figure')} value={kind} options={figures} onChange={setKind} />
        <Segments
          label={t('Theme')}
          value={theme}
          options={THEMES.map((one) => ({ ...one, label: t(one.label) }))}
          onChange={setTheme}
        />
        <Segments
          label={t('Size')}
          value={size}
          options={FRAME_SIZES.map(({ value, label }) => ({ value, label: t(label) }))}
          onChange={setSize}
        />
        <Checkbox label={t('with controls')} checked={controls} onChange={setControls} />
      </p>
      {kind !== 'forest' && ownRun ? (
        <p>{t('The run on the page is in no link: give the address of its run file above.')}</p>
      ) : (
        <>
          <p>
            {kind === 'forest' && grid?.packed === undefined && (
              <>
                {grid === null
                  ? t('No finished grid is on the page: the figure shows the site’s findings over learning rates.')
                  : t(
                      'The grid is too large for a link ({size} of {most}): the figure shows the site’s findings over learning rates.',
                      { size: bytes(grid.bytes), most: bytes(MOST_PACKED) },
                    )}{' '}
              </>
            )}
            {t(
              'Readers see this one figure with its caption and a link to the whole page. It needs no cookies, no storage and no WebGPU. The server must allow your page to frame it (docs/hosting.md).',
            )}
          </p>
          <Code label={t('Embed code')} text={code} />
          <p className={styles.copy}>
            <CopyButton key={address + size} label={t('Copy embed code')} text={code} />
            <a href={address} target="_blank" rel="noopener">
              {t('See it alone')}
            </a>
          </p>
        </>
      )}
    </section>
  );
}

/** The results of the grid on the page, packed for a link; `packed` is missing if they are too large. */
function useOwnForest(): { readonly name: string; readonly bytes: number; readonly packed?: string } | null {
  const plan = useGrid((grid) => grid.plan);
  const kept = useGrid((grid) => grid.kept);
  const entries = useRuns((runs) => runs.entries);
  const forest = useMemo(() => {
    if (plan === null || kept === null) return null;
    const measures = mainMeasures(kept.grid.base.evaluation.ks);
    const rows = gridMatrix(plan, resultsOf(entries), measures, kept.baseline, divergedCells(kept, plan));
    const drawn = measures.filter((_, i) => rows.some((row) => row.entries[i]!.comparison !== null));
    if (drawn.length === 0) return null;
    const baseline = rows.find(({ variant }) => variant.id === kept.baseline) ?? rows[0]!;
    const about = { name: kept.grid.name, log: kept.logTitle, steps: sharedTraining(plan).steps };
    return inEnglish(() => forestOfMatrix(about, rows, baseline, drawn, ({ variant }) => variantText(variant)));
  }, [plan, kept, entries]);
  const [packed, setPacked] = useState<{ text: string; bytes: number } | null>(null);
  useEffect(() => {
    if (forest === null) return;
    let wanted = true;
    void packText(JSON.stringify(forest)).then((next) => {
      if (wanted) setPacked(next);
    });
    return () => {
      wanted = false;
    };
  }, [forest]);
  if (forest === null || packed === null) return null;
  return { name: forest.name, bytes: packed.bytes, ...(packed.bytes <= MOST_PACKED && { packed: packed.text }) };
}

interface OfferProps {
  readonly title: string;
  /** What the recipient will see. */
  readonly receiver: string;
  readonly link: string;
  readonly copy: string;
}

function Offer({ title, receiver, link, copy }: OfferProps) {
  return (
    <section className={styles.offer} aria-label={title}>
      <h3>{title}</h3>
      <p>{receiver}</p>
      <Code label={t('Link: {title}', { title })} text={link} />
      <p className={styles.copy}>
        <CopyButton key={link} label={copy} text={link} />
      </p>
    </section>
  );
}

/** A text that can be selected if the browser refuses to copy it. */
function Code({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <textarea
      className={styles.code}
      aria-label={label}
      readOnly
      rows={2}
      value={text}
      onFocus={(event) => {
        event.currentTarget.select();
      }}
    />
  );
}
