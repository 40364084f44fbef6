import { recordedSteps } from '../../../readings/arms/armsOf';
import { neighbourStep } from '../../../readings/series/neighbourStep';
import { X_LABELS } from '../../../readings/series/xAxis';
import { figureRecord } from '../../state/run/exhibit';
import { present } from '../../state/view/presenting';
import { contrastingHead, setView, useView } from '../../state/view/view';
import { X_AXES } from '../../../readings/choices';
import type { Action, ActionGroup } from './action';
import { message, t } from '../../../words/words';

const TURNS = {
  layer: { next: message('Next layer'), previous: message('Previous layer') },
  head: { next: message('Next head'), previous: message('Previous head') },
} as const;

/** What the figure shows of its run: step, layer, head, history, axis. */
export const FIGURE: ActionGroup = {
  label: message('Figure'),
  actions: () => {
    const record = figureRecord();
    const attention = record?.base.attention;
    const missing = record === null ? t('No experiment is shown') : null;
    const scrub = (move: -1 | 1) => (): void => {
      if (record) setView({ step: neighbourStep(recordedSteps(record.arms), useView.getState().step, move) });
    };
    const turn = (what: 'layer' | 'head', move: -1 | 1) => (): void => {
      if (!attention) return;
      const size = what === 'layer' ? attention.layers : attention.heads;
      setView({ [what]: (useView.getState()[what] + move + size) % size });
    };
    const turns = (what: 'layer' | 'head', key: string): Action[] => [
      { id: `next-${what}`, words: t(TURNS[what].next), shortcut: { key }, hindrance: missing, act: turn(what, 1) },
      {
        id: `previous-${what}`,
        words: t(TURNS[what].previous),
        shortcut: { key, shift: true },
        hindrance: missing,
        act: turn(what, -1),
      },
    ];
    const each = (what: 'layer' | 'head' | 'probe', words: readonly string[]): Action[] =>
      words.map((text, at) => ({
        id: `${what}-${at + 1}`,
        words: text,
        hindrance: null,
        oneOfMany: true,
        act: () => {
          setView({ [what]: at });
        },
      }));
    return [
      { id: 'present', words: t('Present'), hindrance: missing, act: present },
      { id: 'earlier-step', words: t('Earlier step'), shortcut: { key: 'ArrowLeft' }, hindrance: missing, act: scrub(-1) },
      { id: 'later-step', words: t('Later step'), shortcut: { key: 'ArrowRight' }, hindrance: missing, act: scrub(1) },
      {
        id: 'latest-step',
        words: t('Latest step'),
        hindrance: missing,
        act: () => {
          setView({ step: null });
        },
      },
      ...turns('layer', 'l'),
      ...turns('head', 'h'),
      {
        id: 'contrasting-head',
        words: t('Head in which the arms’ sinks differ most'),
        hindrance: missing,
        act: () => {
          if (record) setView(contrastingHead(record));
        },
      },
      ...X_AXES.map((xAxis): Action => ({
        id: `axis-${xAxis}`,
        words: t('Charts over {axis}', { axis: t(X_LABELS[xAxis]) }),
        hindrance: missing,
        act: () => {
          setView({ xAxis });
        },
      })),
      {
        id: 'all-users',
        words: t('Show the ranking of all users'),
        hindrance: useView.getState().users === null ? t('No users are picked') : missing,
        act: () => {
          setView({ users: null });
        },
      },
      {
        id: 'reset-zoom',
        words: t('Reset the zoom of the charts over training'),
        hindrance: useView.getState().xRange === null ? t('The charts show all steps') : missing,
        act: () => {
          setView({ xRange: null });
        },
      },
      ...each(
        'layer',
        numbered(attention?.layers ?? 0, (n) => t('Layer {n}', { n })),
      ),
      ...each(
        'head',
        numbered(attention?.heads ?? 0, (n) => t('Head {n}', { n })),
      ),
      ...each(
        'probe',
        (record?.probes ?? []).map(({ target }, at) => t('History {n}: next is {item}', { n: at + 1, item: target })),
      ),
    ];
  },
};

function numbered(size: number, name: (n: number) => string): string[] {
  return Array.from({ length: size }, (_, at) => name(at + 1));
}
