import type { Session } from '../../state/session/session';
import type { Shortcut } from './shortcut';

/** Something that can be done on the page, by a button, a menu, a shortcut or the command palette. */
export interface Action {
  /** The same in every state of the page, so that it can be remembered. */
  readonly id: string;
  /** What it does at present: `Run`, `Pause`. */
  readonly words: string;
  readonly shortcut?: Shortcut;
  /** Why it cannot be done at present; null if it can. */
  readonly hindrance: string | null;
  readonly act: () => void;
  /** Whether the command palette offers it only to those who look for it: one of many of its kind. */
  readonly oneOfMany?: boolean;
}

/** An action, and the label of its group. */
export interface ListedAction extends Action {
  readonly group: string;
}

/** The actions of one kind, in the present state of the page. */
export interface ActionGroup<Of extends Action = Action> {
  /** Translated where it is shown. */
  readonly label: string;
  readonly actions: (session: Session) => readonly Of[];
}
