import { useExperiment } from '../state/experiment';
import { useRecipe } from '../state/recipe';
import { DeviceBadge } from './DeviceBadge';
import { StatusStrip } from './StatusStrip';
import { Tools } from './Tools';
import { Transport } from './Transport';
import styles from './RunBar.module.css';

export function RunBar() {
  const recorded = useExperiment((experiment) => experiment.record?.spec.name);
  const draft = useRecipe((recipe) => recipe.draft.name);
  return (
    <header className={styles.bar}>
      <div className={styles.top}>
        <h1 className={styles.name}>
          <span className={styles.product}>KARMA Playground</span>
          <span className={styles.experiment}>{recorded ?? draft}</span>
        </h1>
        <Transport />
        <DeviceBadge />
        <Tools />
      </div>
      <StatusStrip />
    </header>
  );
}
