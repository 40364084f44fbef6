import { message, t } from '../../../words/words';
import { setKeys, setTheme, setView, useView, type Side } from '../../state/view/view';
import { CENTRES, type CentreId, type Theme, type ViewId } from '../../../readings/choices';
import type { Action, ActionGroup } from './action';

export const CENTRE_NAMES: Readonly<Record<CentreId, string>> = {
  figure: message('Story'),
  try: message('Try it'),
  inspector: message('Inspector'),
  runs: message('Runs'),
  grid: message('Grid'),
  learn: message('Learn'),
};

/** Of the page's four views. */
export const VIEW_NAMES: Readonly<Record<ViewId, string>> = {
  story: message('Story'),
  try: message('Try it'),
  experiments: message('Experiments'),
  learn: message('Learn'),
};

/** Everything that can be shown. */
export const VIEWS: ActionGroup = {
  label: message('Views'),
  actions: () =>
    CENTRES.map((centre) => ({
      id: `view-${centre}`,
      words: t(CENTRE_NAMES[centre]),
      hindrance: null,
      act: () => {
        setView({ centre });
      },
    })),
};

const THEMES: Readonly<Record<Theme, string>> = {
  auto: message('Theme of the system'),
  light: message('Light theme'),
  dark: message('Dark theme'),
};

/** Side panels, appearance and help. */
export const PAGE: ActionGroup = {
  label: message('Page'),
  actions: () => {
    const { keys, theme, side } = useView.getState();
    const panel = (id: Side, words: string): Action => ({
      id: `side-${id}`,
      words,
      hindrance: null,
      act: () => {
        setView({ side: side === id ? null : id });
      },
    });
    return [
      panel('profile', t('Profile')),
      panel('methods', t('Methods')),
      ...(Object.keys(THEMES) as Theme[]).map((id): Action => ({
        id: `theme-${id}`,
        words: t(THEMES[id]),
        hindrance: theme === id ? t('In use') : null,
        act: () => {
          setTheme(id);
        },
      })),
      {
        id: 'single-keys',
        words: keys ? t('Switch single-key shortcuts off') : t('Switch single-key shortcuts on'),
        hindrance: null,
        act: () => {
          setKeys(!keys);
        },
      },
      {
        id: 'commands',
        words: t('Commands'),
        shortcut: { key: 'k', ctrl: true, typing: true },
        hindrance: null,
        act: () => {
          setView({ dialog: 'commands' });
        },
      },
      {
        id: 'help',
        words: t('Help'),
        shortcut: { key: '?' },
        hindrance: null,
        act: () => {
          setView({ dialog: 'help' });
        },
      },
    ];
  },
};
