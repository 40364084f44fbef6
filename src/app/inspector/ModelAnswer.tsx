import type { InspectedModel } from '../../spec/inspection';
import { Swatch } from '../controls/Swatch';
import { count } from '../format';
import { markOf, rankText } from './inspectorData';
import styles from './Inspector.module.css';

interface ModelAnswerProps {
  readonly model: InspectedModel;
  readonly arms: readonly string[];
  /** The item that came next, where the history is a user's. */
  readonly target: number | null;
}

/** One model's best items, and what its embedding says. */
export function ModelAnswer({ model, arms, target }: ModelAnswerProps) {
  const { id, label, step, top, rank, texts } = model;
  const arm = step !== null && id !== 'base';
  return (
    <section className={styles.model} aria-label={label}>
      <h3>
        <Swatch mark={markOf(model, arms)} /> {label}
        {arm && <span className={styles.note}>step {count(step)}</span>}
      </h3>
      <ol className={styles.top} aria-label={`Best items of ${label}`}>
        {top.map((item, place) => (
          <li key={item.item} data-hit={item.item === target || undefined}>
            <span>{place + 1}</span>
            <span title={item.category}>{item.title}</span>
            {item.item === target && <em>next</em>}
            <span className={styles.score}>{item.score.toFixed(2)}</span>
          </li>
        ))}
      </ol>
      {rank !== null && <p className={styles.note}>Rank of the next item: {rankText(rank)}</p>}
      {arm && <Text name="Own decoder" text={texts && (texts.own ?? 'None: λrec = 0.')} said={texts?.own != null} />}
      {(arm || texts?.probe != null) && (
        <Text name="Probe decoder" text={texts && (texts.probe ?? 'None was trained.')} said={texts?.probe != null} />
      )}
    </section>
  );
}

function Text({ name, text, said }: { readonly name: string; readonly text: string | null; readonly said: boolean }) {
  return (
    <div className={styles.text}>
      <h4>{name}</h4>
      {said ? (
        <blockquote>{text === '' ? '(empty text)' : text}</blockquote>
      ) : (
        <p className={styles.note}>{text ?? 'Reading…'}</p>
      )}
    </div>
  );
}
