import { t } from '../../../words/words';
import { Apart } from '../../ui/ErrorBoundary';
import { CollapsePanel } from './collapse/CollapsePanel';
import { LossPanel } from './losses/LossPanel';
import { RankingOverK, RankingOverSteps, XAxisControl } from './ranking/RankingPanels';
import styles from './Figure.module.css';

/** Measures over training: ranking, losses, collapse. */
export function TrainingCharts() {
  return (
    <>
      <div className={styles.axis}>
        <h2 className="visually-hidden">{t('Over training')}</h2>
        <XAxisControl />
      </div>
      <Apart name={t('Ranking over steps')}>
        <RankingOverSteps />
      </Apart>
      <Apart name={t('Ranking over K')}>
        <RankingOverK />
      </Apart>
      <Apart name={t('Loss')}>
        <LossPanel />
      </Apart>
      <Apart name={t('Collapse')}>
        <CollapsePanel />
      </Apart>
    </>
  );
}
