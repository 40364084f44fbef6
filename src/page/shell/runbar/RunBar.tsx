import { useEffect, useRef, useState, type RefObject } from 'react';
import { t } from '../../../words/words';
import { useExperiment } from '../../state/run/experiment';
import { isBusy } from '../../../runtime/experimentState';
import { viewOf } from '../../../readings/choices';
import { useView } from '../../state/view/view';
import { Views } from './Views';
import { useRecipe } from '../../state/recipe/recipe';
import { StatusStrip } from './StatusStrip';
import { Tools } from './Tools';
import styles from './RunBar.module.css';

export function RunBar() {
  const recorded = useExperiment(({ beginning, record }) => (beginning ?? record)?.spec?.name);
  const draft = useRecipe((recipe) => recipe.draft.name);
  /** On a phone, where the bar is at the bottom, it shows buttons and status; the rest on request. */
  const [folded, setFolded] = useState(true);
  /** What trains is shown where something is tried, and everywhere while it trains. */
  const training = useView((view) => ['try', 'experiments'].includes(viewOf(view.centre)));
  const busy = useExperiment(({ phase }) => isBusy(phase));
  const device = useExperiment((experiment) => experiment.device.state);
  const whole = training || busy;
  const bar = useRef<HTMLElement>(null);
  const dock = useRef<HTMLDivElement>(null);
  useHeight(bar, '--bar-height');
  useHeight(dock, '--dock-height');
  return (
    <header ref={bar} className={styles.bar} data-whole={whole} data-device={device} data-chrome>
      <h1 className={styles.name}>
        <span className={styles.product} translate="no">
          KARMA Playground
        </span>
        {whole && (
          <span className={styles.experiment} translate="no" title={recorded ?? draft}>
            {recorded ?? draft}
          </span>
        )}
      </h1>
      <Views />
      <div ref={dock} className={styles.dock} data-folded={folded}>
        <div className={styles.top}>
          <button
            type="button"
            className={styles.fold}
            aria-expanded={!folded}
            onClick={() => {
              setFolded(!folded);
            }}
          >
            {folded ? t('More') : t('Less')}
          </button>
          <div className={styles.tools}>
            <Tools />
          </div>
        </div>
        {whole && <StatusStrip />}
      </div>
    </header>
  );
}

/**
 * Tells the styles how high the bar, or a phone's dock, is: longer words and narrow windows wrap its lines,
 * and what is beside it stays in view.
 */
function useHeight(element: RefObject<HTMLElement | null>, property: `--${string}`): void {
  useEffect(() => {
    const measured = element.current;
    if (measured === null || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => {
      document.documentElement.style.setProperty(property, `${measured.offsetHeight}px`);
    });
    observer.observe(measured);
    return () => {
      observer.disconnect();
    };
  }, [element, property]);
}
