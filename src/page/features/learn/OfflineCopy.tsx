import { T } from '../../../words/T';
import { t } from '../../../words/words';
import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../../../charts/export/saveFile';
import { CopyFailed, offlineCopy } from '../../state/offline/offlineCopy';
import { count, percent } from '../../../readings/format';
import styles from './Learn.module.css';

const FILE = 'karma-playground.zip';

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'copying'; readonly done: number; readonly total: number }
  | { readonly at: 'saved'; readonly bytes: number }
  | { readonly at: 'failed'; readonly reason: string };

/** Saves the page with all its files as one ZIP. */
export function OfflineCopy() {
  const [state, setState] = useState<State>({ at: 'idle' });
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const copy = async (): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setState({ at: 'copying', done: 0, total: 1 });
    try {
      const base = new URL(import.meta.env.BASE_URL, location.href).href;
      const archive = await offlineCopy(
        base,
        (done, total) => {
          setState({ at: 'copying', done, total });
        },
        controller.signal,
      );
      saveFile(FILE, archive);
      setState({ at: 'saved', bytes: archive.size });
    } catch (error) {
      if (controller.signal.aborted) return;
      if (!(error instanceof CopyFailed)) throw error;
      setState({ at: 'failed', reason: error.message });
    }
  };
  return (
    <div className={styles.found}>
      <p>
        <T
          text="One ZIP with the whole page, its model, sample log and recorded runs, and a small server in one file (<code>serve.py</code>, Python 3.8 or newer, nothing else). On the machine that runs it everything works. From other machines of the room over plain http, recorded runs and lessons alone work: browsers allow WebGPU, kept files and offline pages only over https or on localhost."
          values={{ code: (inside) => <code translate="no">{inside}</code> }}
        />
      </p>
      <div className={styles.moves}>
        <button type="button" disabled={state.at === 'copying'} onClick={() => void copy()}>
          {t('Save an offline copy')}
        </button>
        <span role="status">
          {state.at === 'copying' &&
            t('File {done} of {total} ({share} %)', {
              done: count(state.done),
              total: count(state.total),
              share: percent(state.done / state.total),
            })}
          {state.at === 'saved' && t('Saved: {file}, {size} MB', { file: FILE, size: count(Math.round(state.bytes / 1e6)) })}
        </span>
      </div>
      {state.at === 'failed' && <p role="alert">{state.reason}</p>}
    </div>
  );
}
