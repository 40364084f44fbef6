import { useMemo, useState } from 'react';
import { t } from '../../../../words/words';
import { AttentionMap, type MapCell } from '../../../../charts/attention/AttentionMap';
import { attentionSlice, weightOf } from '../../../../charts/attention/attentionSlice';
import { layOutMap } from '../../../../charts/attention/mapLayout';
import { attentionPixels, differenceLimit, differencePixels } from '../../../../scene/charts/mapPixels';
import { attentionRamp, differenceRamp } from '../../../../scene/marks/ramp';
import type { Probe, RunRecord } from '../../../../record/runRecord';
import { Select } from '../../../ui/controls/Choice';
import { useScheme } from '../../../state/view/useScheme';
import styles from './Compare.module.css';
import { useSavedRecord } from '../../../state/runs/useSavedRecord';

const WIDTH = 300;

export interface MappedArm {
  readonly label: string;
  /** The run, and its arm's ID in it. */
  readonly run: string;
  readonly arm: string;
  readonly seed: number;
}

/** Attention of two arms of any saved runs on one history, after the last step, and its difference. */
export function MapsCompared({ own, baseline }: { readonly own: MappedArm; readonly baseline: MappedArm }) {
  const [first, second] = [useSavedRecord(baseline.run), useSavedRecord(own.run)];
  if (first === null || second === null) return <p className={styles.note}>{t('Loading the attention of both…')}</p>;
  const histories = sharedProbes(first, second);
  const [a, b] = [lastOf(first, baseline.arm), lastOf(second, own.arm)];
  if (a === null || b === null || histories.length === 0) {
    return <p className={styles.note}>{t('No attention to compare: the two runs recorded no history in common.')}</p>;
  }
  return <Maps arms={[baseline, own]} snapshots={[a, b]} histories={histories} />;
}

type Snapshot = RunRecord['base']['attention'];

function lastOf({ arms }: RunRecord, id: string): Snapshot | null {
  return arms.find((arm) => arm.id === id)?.attention.at(-1) ?? null;
}

interface History {
  readonly probe: Probe;
  /** Where it stands in either record. */
  readonly at: readonly [number, number];
}

/** Probe histories that both runs recorded, token by token. */
export function sharedProbes(first: Pick<RunRecord, 'probes'>, second: Pick<RunRecord, 'probes'>): History[] {
  return first.probes.flatMap((probe, i) => {
    const same = second.probes.findIndex(
      ({ user, labels }) => user === probe.user && labels.join('\n') === probe.labels.join('\n'),
    );
    return same < 0 ? [] : [{ probe, at: [i, same] as const }];
  });
}

interface MapsProps {
  readonly arms: readonly [MappedArm, MappedArm];
  readonly snapshots: readonly [Snapshot, Snapshot];
  readonly histories: readonly History[];
}

function Maps({ arms, snapshots, histories }: MapsProps) {
  const scheme = useScheme();
  const [chosen, setChosen] = useState({ history: 0, layer: 0, head: 0 });
  const [hovered, setHovered] = useState<MapCell | null>(null);
  const [layers, heads] = [
    Math.min(...snapshots.map((snapshot) => snapshot.layers)),
    Math.min(...snapshots.map((snapshot) => snapshot.heads)),
  ];
  const [layer, head] = [Math.min(chosen.layer, layers - 1), Math.min(chosen.head, heads - 1)];
  const history = histories[chosen.history] ?? histories[0]!;
  const { probe } = history;
  const length = probe.labels.length;
  const drawn = useMemo(() => {
    const [a, b] = [0, 1].map((i) => attentionSlice(snapshots[i]!, history.at[i]!, layer, head)) as [Uint8Array, Uint8Array];
    const limit = differenceLimit([[b, a]]);
    const weights = attentionRamp(scheme);
    return {
      maps: [a, b].map((map) => ({
        pixels: attentionPixels(map, length, weights, false),
        weights: { values: () => Float32Array.from(map, weightOf), limit: null, log: false },
      })),
      difference: {
        pixels: differencePixels(b, a, length, differenceRamp(scheme), limit),
        weights: { values: () => Float32Array.from(b, (byte, at) => weightOf(byte) - weightOf(a[at]!)), limit, log: false },
      },
    };
  }, [snapshots, history, layer, head, length, scheme]);
  const layout = layOutMap(probe.labels, WIDTH, WIDTH * 0.26, probe.itemPositions);
  const common = { length, layout, width: WIDTH, titles: probe.labels, important: probe.itemPositions, hovered, marked: [] };
  const numbers = (size: number) => Array.from({ length: size }, (_, value) => ({ value, label: String(value + 1) }));
  const [before, after] = arms;
  const columns = [
    { title: before.label, ...drawn.maps[0]! },
    { title: after.label, ...drawn.maps[1]! },
    { title: `${after.label} − ${before.label}`, ...drawn.difference },
  ];
  return (
    <div>
      <div className={styles.mapControls}>
        <Select
          label={t('History')}
          value={histories.indexOf(history)}
          options={histories.map(({ probe: one }, value) => ({ value, label: t('next is {item}', { item: one.target }) }))}
          onChange={(next) => {
            setChosen({ ...chosen, history: next });
          }}
        />
        <Select
          label={t('Layer')}
          value={layer}
          options={numbers(layers)}
          onChange={(next) => {
            setChosen({ ...chosen, layer: next });
          }}
        />
        <Select
          label={t('Head')}
          value={head}
          options={numbers(heads)}
          onChange={(next) => {
            setChosen({ ...chosen, head: next });
          }}
        />
      </div>
      <div className={styles.maps}>
        {columns.map(({ title, pixels, weights }) => (
          <div key={title} style={{ width: WIDTH }}>
            <h4 translate="no">{title}</h4>
            <AttentionMap
              {...common}
              name={() =>
                t('Attention of {model}, layer {layer}, head {head}', { model: title, layer: layer + 1, head: head + 1 })
              }
              pixels={pixels}
              weights={weights}
              onHover={setHovered}
            />
          </div>
        ))}
      </div>
      <p className={styles.note}>
        {before.seed === after.seed
          ? t('After the last step, seed {seed}, one history. The colours of the difference end at ±{limit}.', {
              seed: String(before.seed),
              limit: String(drawn.difference.weights.limit),
            })
          : t('After the last step, seeds {seed} and {other}, one history. The colours of the difference end at ±{limit}.', {
              seed: String(before.seed),
              other: String(after.seed),
              limit: String(drawn.difference.weights.limit),
            })}
      </p>
    </div>
  );
}
