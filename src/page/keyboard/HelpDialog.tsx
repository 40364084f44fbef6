import { useModal } from '../controls/useModal';
import { Check } from '../controls/Choice';
import { setKeys, setView, useView } from '../state/view';
import styles from './HelpDialog.module.css';

const KEYS: readonly (readonly [string, string])[] = [
  ['Space', 'pause, resume a run; in a text, or when nothing runs, scroll'],
  ['S', 'one step of every arm, then pause'],
  ['← →', 'scrub through the recorded steps; in a chart, move over its points'],
  ['L, Shift L', 'next, previous layer'],
  ['H, Shift H', 'next, previous head'],
  ['↑ ↓ ← →', 'in a map or a grid, move over its cells; in the profile, over its rows'],
  ['Ctrl Z, Ctrl Shift Z', 'undo, redo changes of the recipe'],
  ['?', 'this help'],
];

export function HelpDialog() {
  const open = useView((view) => view.helpOpen);
  const keys = useView((view) => view.keys);
  const dialog = useModal(open);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label="Help"
      onClose={() => {
        setView({ helpOpen: false });
      }}
    >
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <Check label="Single-key shortcuts (Ctrl Z works without)" checked={keys} onChange={setKeys} />
      <p>
        Drop a log (CSV, JSON, Parquet, compressed or not), a model’s or an adapter’s folder, a run or an experiment anywhere on
        the page. Point at, tap or focus a word with a dotted line for its definition. Everything is computed in this tab.
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
