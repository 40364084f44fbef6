import { useMemo } from 'react';
import { t } from '../../../words/words';
import type { InspectionAnswer } from '../../../record/inspection';
import { percent } from '../../../readings/format';
import { attentionParts, markOf, type LayerOrHead } from './inspectorData';
import styles from './Inspector.module.css';

interface AttentionTableProps {
  readonly answer: InspectionAnswer;
  readonly arms: readonly string[];
  readonly layer: LayerOrHead;
  readonly head: LayerOrHead;
}

/** What [EMB] attends to: one row per part of the prompt, one column per model. */
export function AttentionTable({ answer, arms, layer, head }: AttentionTableProps) {
  const parts = useMemo(() => attentionParts(answer, layer, head), [answer, layer, head]);
  const models = answer.models.map((model, index) => ({ model, index })).filter(({ model }) => model.attention !== null);
  return (
    <table className={styles.attention}>
      <caption>{t('What [EMB] attends to, in percent')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('Position')}</th>
          {models.map(({ model }) => (
            <th key={model.id} scope="col" translate={model.id === 'base' ? undefined : 'no'}>
              {model.id === 'base' ? t('Base model') : model.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {parts.map(({ label, item, shares }, row) => (
          <tr key={row} data-item={item || undefined}>
            <th scope="row" translate={item ? 'no' : undefined}>
              {label}
            </th>
            {models.map(({ model, index }) => {
              const share = shares[index] ?? 0;
              return (
                <td key={model.id} style={{ color: markOf(model, arms).colour }}>
                  <span className={styles.bar} style={{ width: `${(100 * share).toFixed(2)}%` }} />
                  <span className={styles.share}>{percent(share)}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
