/**
 * The address is truthful: what a link brought leaves it as soon as the page has something else, since a
 * reload would bring that back in place of the user's recipe, log or run.
 */
import { useExperiment } from '../run/experiment';
import { useRecipe } from '../recipe/recipe';
import { withoutRecipe } from '../../../files/shareLink';
import { withoutView } from '../../../files/viewLink';

/**
 * In the state of the entries of the tab's history that this page has shown; one that the user enters into
 * the address bar has none.
 */
const SHOWN = { shown: true };

/**
 * A link to a recipe leaves with the first change of the recipe, which opening a log is too; other links are
 * opened.
 * @returns a function that stops this
 */
export function keepTruthful(): () => void {
  history.replaceState(SHOWN, '');
  const stop = useRecipe.subscribe(leaveRecipe);
  const onHashChange = (): void => {
    // Back, to what the address was before a change.
    if ((history.state as Partial<typeof SHOWN> | null)?.shown) leaveRecipe();
    else if (withoutRecipe(location.hash) !== location.hash || withoutView('', location.hash).hash !== location.hash)
      location.reload();
  };
  addEventListener('hashchange', onHashChange);
  return () => {
    stop();
    removeEventListener('hashchange', onHashChange);
  };
}

/** The run that a link has brought leaves the address with its view when another one comes on the page. */
export function followLinkedRun(): void {
  const linked = useExperiment.getState().record;
  const stop = useExperiment.subscribe(({ record }) => {
    if (record === linked) return;
    stop();
    const { search, hash } = withoutView(location.search, location.hash);
    become(search, hash);
  });
}

function leaveRecipe(): void {
  become(location.search, withoutRecipe(location.hash));
}

function become(search: string, hash: string): void {
  if (search !== location.search || hash !== location.hash)
    history.replaceState(history.state, '', `${location.pathname}${search}${hash}`);
}
