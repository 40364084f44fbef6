import { useId, type ReactNode } from 'react';
import { t } from '../../../words/words';
import { TradeoffPlot } from '../../../charts/tradeoff/TradeoffPlot';
import { HeadGrid } from '../../../charts/grid/HeadGrid';
import { DIAL, paretoFront } from '../../../experiment/operate/dial';
import { isSurgery, NO_SURGERY } from '../../../record/surgery';
import { armMark } from '../../../scene/marks/armMark';
import { differenceRamp } from '../../../scene/marks/ramp';
import { percent } from '../../../readings/format';
import { mean } from '../../../statistics/statistics';
import { Select } from '../../ui/controls/Choice';
import { Swatch } from '../../ui/controls/Swatch';
import { Panel } from '../../ui/panel/Panel';
import { useAsked } from '../../state/opening/asked';
import { useExperiment } from '../../state/run/experiment';
import { useInspection } from '../../state/session/inspection';
import { setSurgery, subjectOf, useOperations } from '../../state/session/operations';
import { useSession } from '../../state/session/SessionContext';
import { exportDialled } from '../../state/session/exports';
import { useScheme } from '../../state/view/useScheme';
import { isBusy } from '../../../runtime/experimentState';
import {
  dialSentence,
  dialTable,
  headsSentence,
  headsTable,
  natsText,
  tradeoffPoint,
  pointsText,
  surgerySentence,
  surgeryTable,
} from './operationWords';
import styles from './Operations.module.css';

/**
 * A model's layers and heads are those of the last answer of the inspector, which is asked on the same
 * models.
 */
function useShape(): { readonly layers: number; readonly heads: number } | null {
  const answer = useInspection(({ answer: last }) => last);
  return answer && { layers: answer.layers, heads: answer.heads };
}

/**
 * Operations on the models that the inspector asks: what is changed in one history, and what that does over
 * test targets.
 */
export function OperationsView() {
  const { operations } = useSession();
  const asked = useAsked();
  const able = useExperiment(({ device, phase }) => device.state === 'ready' && !isBusy(phase));
  const { surgery, busy, progress, problem, subject } = useOperations();
  const mine = asked !== null && subject === subjectOf(asked);
  const shape = useShape();
  const ready = able && asked !== null && busy === null;
  const factor = useId();
  const start = (what: 'operate' | 'cutHeads' | 'dial') => () => {
    if (asked !== null) operations[what](asked);
  };
  return (
    <div className={styles.view}>
      <h2>{t('Operate on the models')}</h2>
      <p className={styles.note}>
        {t(
          'Change what attention may do, and see above and below what follows. A sink is an item of the first half of a history to which a head pays more attention on average than the recipe’s threshold.',
        )}
      </p>
      <div className={styles.controls}>
        <label htmlFor={factor}>
          {t('Attention to sinks')}
          <input
            id={factor}
            type="range"
            min={0}
            max={1}
            step={0.25}
            value={surgery.sinks}
            onChange={(event) => {
              setSurgery({ sinks: Number(event.currentTarget.value) });
            }}
          />
          × {surgery.sinks}
        </label>
        <label>
          <input
            type="checkbox"
            checked={surgery.renormalised}
            onChange={(event) => {
              setSurgery({ renormalised: event.currentTarget.checked });
            }}
          />
          {t('Other positions take what sinks lose')}
        </label>
        {shape !== null && (
          <>
            <Select
              label={t('Cut head')}
              value={surgery.heads[0] ?? -1}
              options={[
                { value: -1, label: t('none') },
                ...Array.from({ length: shape.layers * shape.heads }, (_, plane) => ({
                  value: plane,
                  label: `L${Math.floor(plane / shape.heads) + 1} H${(plane % shape.heads) + 1}`,
                })),
              ]}
              onChange={(plane) => {
                setSurgery({ heads: plane < 0 ? [] : [plane] });
              }}
            />
            <Select
              label={t('Without the adapter of layer')}
              value={surgery.adapters[0] ?? -1}
              options={[
                { value: -1, label: t('none') },
                ...Array.from({ length: shape.layers }, (_, layer) => ({ value: layer, label: String(layer + 1) })),
              ]}
              onChange={(layer) => {
                setSurgery({ adapters: layer < 0 ? [] : [layer] });
              }}
            />
          </>
        )}
        <BlockedItem />
        {isSurgery(surgery) && (
          <button
            type="button"
            className="plain"
            onClick={() => {
              setSurgery(NO_SURGERY);
            }}
          >
            {t('Undo all')}
          </button>
        )}
      </div>
      <div className={styles.controls}>
        <button type="button" disabled={!ready || !isSurgery(surgery)} onClick={start('operate')}>
          {t('Over test targets')}
        </button>
        <button type="button" disabled={!ready} onClick={start('cutHeads')}>
          {t('Which heads matter?')}
        </button>
        <button type="button" disabled={!ready} onClick={start('dial')}>
          {t('Turn the dial')}
        </button>
        {busy !== null && (
          <>
            <progress value={progress?.done ?? 0} max={progress?.total ?? 1} aria-label={t('Progress')} />
            <span className={styles.note}>{progress?.label}</span>
            <button type="button" onClick={operations.stop}>
              {t('Stop')}
            </button>
          </>
        )}
      </div>
      {problem !== null && <p role="alert">{problem}</p>}
      {mine && <Found />}
    </div>
  );
}

/** The item of the inspected history that no position attends to. */
function BlockedItem() {
  const items = useInspection((inspection) => inspection.items);
  const blocked = useOperations(({ surgery }) => surgery.blocked);
  if (items.length === 0) return null;
  return (
    <Select
      label={t('Blocked item')}
      value={blocked !== null && blocked < items.length ? blocked : -1}
      options={[{ value: -1, label: t('none') }, ...items.map(({ title }, place) => ({ value: place, label: title }))]}
      onChange={(place) => {
        setSurgery({ blocked: place < 0 ? null : place });
      }}
    />
  );
}

/** Answers over test targets. */
function Found(): ReactNode {
  const { operated, heads, dialled } = useOperations();
  return (
    <>
      {operated.length > 0 && <SurgeryPanel />}
      {heads.length > 0 && <HeadsPanel />}
      {dialled.length > 0 && <DialPanel />}
    </>
  );
}

function SurgeryPanel() {
  const { operated } = useOperations();
  return (
    <Panel
      name={() => t('Surgery over test targets')}
      title={t('What does the operation change?')}
      wide
      drawn={false}
      table={() => surgeryTable(operated)}
      sentence={surgerySentence(operated)}
      caption={t(
        'Change with its 95 % interval, paired over users; of texts, over texts. Control: as much attention taken from other items of the same history, drawn at random, in the same head; “found” is the share of it that they had. Adapters of recorded runs are rounded.',
      )}
    >
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('Surgery over test targets')}>
        <table className={styles.table}>
          <thead>
            <tr>
              {[
                t('Model'),
                t('HR@10 before'),
                t('change'),
                t('control'),
                t('HR@200 change'),
                t('control'),
                t('Domain texts, nats'),
                t('Sinks before, after'),
                t('found'),
              ].map((heading, at) => (
                <th key={at} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {operated.map(({ id, label, before, effect, control, taken }) => (
              <tr key={id}>
                <th scope="row" translate={id === 'base' ? undefined : 'no'}>
                  {label}
                </th>
                <td>{percent(before.hits[10]!)}</td>
                <td>{pointsText(effect.hits[10]!)}</td>
                <td>{control === null ? '–' : pointsText(control.hits[10]!)}</td>
                <td>{pointsText(effect.hits[200]!)}</td>
                <td>{control === null ? '–' : pointsText(control.hits[200]!)}</td>
                <td>{natsText(effect.domain)}</td>
                <td>
                  {percent(before.sinkRate)} → {percent(effect.sinkRate)}
                </td>
                <td>{control === null ? '–' : percent(taken.control)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function HeadsPanel() {
  const { heads: cut, surgery } = useOperations();
  const shape = useShape();
  const ramp = differenceRamp(useScheme());
  if (shape === null) return null;
  const { heads, layers } = shape;
  const largest = Math.max(0.005, ...cut.flatMap(({ effects }) => effects.map((effect) => Math.abs(effect[10]!.mean))));
  const chosen = surgery.heads[0] ?? 0;
  return (
    <Panel
      name={() => t('HR@10 without each head')}
      title={t('Which heads matter?')}
      wide
      drawn={false}
      table={() => headsTable(cut, heads)}
      sentence={headsSentence(cut)}
      caption={t('Points of HR@10 that a model gains or loses when that head alone is cut. Click a head to cut it above.')}
    >
      <div className={styles.grids}>
        {cut.map(({ id, label, effects }) => (
          <div key={id}>
            <h4 translate={id === 'base' ? undefined : 'no'}>{label}</h4>
            <HeadGrid
              name={() => t('HR@10 without each head, {model}', { model: label })}
              values={Array.from({ length: layers }, (_, layer) =>
                effects.slice(layer * heads, (layer + 1) * heads).map((effect) => effect[10]!.mean / largest),
              )}
              layer={Math.floor(chosen / heads)}
              head={chosen % heads}
              onSelect={(layer, head) => {
                setSurgery({ heads: [layer * heads + head] });
              }}
              width={200}
              room={200}
              colour={ramp}
            />
            <p className={styles.note}>{t('full colour: {points} points', { points: (100 * largest).toFixed(1) })}</p>
          </div>
        ))}
      </div>
    </Panel>
  );
}

function DialPanel() {
  const { dialled } = useOperations();
  const session = useSession();
  const asked = useAsked();
  const ids = dialled.map(({ id }) => id);
  const lines = dialled.map(({ id, label, points }) => {
    const whole = points.filter(({ leading }) => !leading);
    const trained = whole.find(({ t: at }) => at === 1);
    const place = (point: (typeof points)[number]) => [tradeoffPoint(point).loss, tradeoffPoint(point).ranking] as const;
    return { id, label, mark: armMark(id, ids), whole, points: whole.map(place), trained: trained ? place(trained) : null };
  });
  const front = paretoFront(lines.flatMap(({ whole }) => whole.map(tradeoffPoint))).map(
    ({ loss, ranking }) => [loss, ranking] as const,
  );
  const ranking = t('HR@10, %');
  const byKl = (of: 'klTexts' | 'klCatalogue') =>
    lines.map(({ whole, ...line }) => {
      const placed = whole.map((point) => [point[of], mean(point.domain)] as const);
      const trained = whole.findIndex(({ t: at }) => at === 1);
      return { ...line, points: placed, trained: placed[trained] ?? null };
    });
  return (
    <Panel
      name={() => t('The dial')}
      title={t('Is there a better arm between base model and arm?')}
      wide
      drawn={false}
      table={() => dialTable(dialled)}
      sentence={dialSentence(dialled)}
      caption={t(
        'Each line is one arm, base model + t · (s·B·A), t from 0 to 1.2; the large symbol is the arm as trained. Grey: what no point beats both in ranking and in language. Right: the loss of language over KL(base‖arm), per token of item texts of the log, and per next item over the catalogue.',
      )}
    >
      <p className={styles.controls}>
        {lines.map(({ id, label, mark }) => (
          <span key={id} translate="no">
            <Swatch mark={mark} /> {label}
          </span>
        ))}
      </p>
      <div className={styles.plots}>
        <TradeoffPlot
          lines={lines}
          front={front}
          x={t('Domain texts, nats per token')}
          y={ranking}
          description={dialSentence(dialled)}
        />
        <TradeoffPlot
          lines={byKl('klTexts')}
          front={[]}
          x={t('KL to the base model on item texts, nats')}
          y={t('Domain texts, nats per token')}
          description={t('Loss of language over KL on item texts')}
        />
        <TradeoffPlot
          lines={byKl('klCatalogue')}
          front={[]}
          x={t('KL to the base model on the catalogue, nats')}
          y={t('Domain texts, nats per token')}
          description={t('Loss of language over KL on the catalogue')}
        />
      </div>
      {asked !== null && (
        <p className={styles.controls}>
          {lines.map(({ id, label }) => (
            <Select
              key={id}
              label={t('Export {arm} at t', { arm: label })}
              value={-1}
              options={[{ value: -1, label: '–' }, ...DIAL.map((at) => ({ value: at, label: at.toFixed(1) }))]}
              onChange={(at) => {
                if (at >= 0) void exportDialled(session, id, at, asked);
              }}
            />
          ))}
        </p>
      )}
    </Panel>
  );
}
