import { Apart } from '../ErrorBoundary';
import { CollapsePanel } from './collapse/CollapsePanel';
import { LossPanel } from './losses/LossPanel';
import { RankingOverK, RankingOverSteps, XAxisControl } from './ranking/RankingPanels';
import styles from './Figure.module.css';

/** Measures over training: ranking, losses, collapse. */
export function TrainingCharts() {
  return (
    <>
      <div className={styles.axis}>
        <h2 className="visually-hidden">Over training</h2>
        <XAxisControl />
      </div>
      <div className={styles.charts}>
        <Apart name="Ranking over steps">
          <RankingOverSteps />
        </Apart>
        <Apart name="Ranking over K">
          <RankingOverK />
        </Apart>
        <Apart name="Loss">
          <LossPanel />
        </Apart>
      </div>
      <hr />
      <Apart name="Collapse">
        <CollapsePanel />
      </Apart>
    </>
  );
}
