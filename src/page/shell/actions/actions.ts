/**
 * Everything that can be done on the page, in one list: buttons, menus, shortcuts, help and the command
 * palette read it.
 */
import { t } from '../../../words/words';
import type { Session } from '../../state/session/session';
import type { ActionGroup, ListedAction } from './action';
import { EXPORTING } from './exporting';
import { FIGURE } from './figure';
import { OPENING, RECIPE, SAVED_RUNS } from './opening';
import { LANGUAGE } from './languages';
import { PAGE, VIEWS } from './page';
import { TRAINING } from './training';

const GROUPS: readonly ActionGroup[] = [TRAINING, FIGURE, VIEWS, OPENING, SAVED_RUNS, EXPORTING, RECIPE, PAGE, LANGUAGE];

/** All actions in the present state of the page. */
export function allActions(session: Session): readonly ListedAction[] {
  return GROUPS.flatMap(({ label, actions }) => actions(session).map((action) => ({ ...action, group: t(label) })));
}
