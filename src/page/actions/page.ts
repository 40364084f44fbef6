import { CENTRES, setKeys, setTheme, setView, useView, type Centre, type Side, type Theme } from '../state/view';
import type { Action, ActionGroup } from './action';

export const CENTRE_NAMES: Readonly<Record<Centre, string>> = {
  figure: 'Figure',
  inspector: 'Inspector',
  runs: 'Runs',
  grid: 'Grid',
  learn: 'Learn',
};

/** The views beside the recipe. */
export const VIEWS: ActionGroup = {
  label: 'Views',
  actions: () =>
    CENTRES.map((centre) => ({
      id: `view-${centre}`,
      words: CENTRE_NAMES[centre],
      hindrance: null,
      act: () => {
        setView({ centre });
      },
    })),
};

const THEMES: Readonly<Record<Theme, string>> = { auto: 'Theme of the system', light: 'Light theme', dark: 'Dark theme' };

/** Side panels, appearance and help. */
export const PAGE: ActionGroup = {
  label: 'Page',
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
      panel('profile', 'Profile'),
      panel('methods', 'Methods'),
      ...(Object.keys(THEMES) as Theme[]).map((id): Action => ({
        id: `theme-${id}`,
        words: THEMES[id],
        hindrance: theme === id ? 'In use' : null,
        act: () => {
          setTheme(id);
        },
      })),
      {
        id: 'single-keys',
        words: keys ? 'Switch single-key shortcuts off' : 'Switch single-key shortcuts on',
        hindrance: null,
        act: () => {
          setKeys(!keys);
        },
      },
      {
        id: 'commands',
        words: 'Commands',
        shortcut: { key: 'k', ctrl: true, typing: true },
        hindrance: null,
        act: () => {
          setView({ dialog: 'commands' });
        },
      },
      {
        id: 'help',
        words: 'Help',
        shortcut: { key: '?' },
        hindrance: null,
        act: () => {
          setView({ dialog: 'help' });
        },
      },
    ];
  },
};
