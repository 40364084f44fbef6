import { t } from '../../../words/words';
import type { InspectedModel } from '../../../record/inspection';
import { BestItems } from '../../ui/controls/BestItems';
import { ModelSection } from '../../ui/controls/ModelSection';
import { count } from '../../../readings/format';
import { markOf, rankText } from './inspectorData';
import { Drawn } from '../../ui/pictures/Drawn';
import { Picture } from '../../ui/pictures/Picture';
import styles from './Inspector.module.css';

interface ModelAnswerProps {
  readonly model: InspectedModel;
  readonly arms: readonly string[];
  /** The item that came next, if the history is a user's. */
  readonly target: number | null;
}

/** One model's best items, and what its embedding says. */
export function ModelAnswer({ model, arms, target }: ModelAnswerProps) {
  const { id, label, step, top, rank, texts, picture } = model;
  const arm = step !== null && id !== 'base';
  return (
    <ModelSection
      name={label}
      label={label}
      mark={markOf(model, arms)}
      note={arm ? t('step {step}', { step: count(step) }) : undefined}
    >
      <BestItems
        name={t('Best items of {model}', { model: label })}
        items={top.map(({ item, title, category, score, pixels }) => ({
          title: (
            <span title={category} translate="no">
              {pixels && <Picture pixels={pixels} />} {title}
            </span>
          ),
          score,
          hit: item === target,
        }))}
        hit={t('next')}
      />
      {rank !== null && <p className={styles.note}>{t('Rank of the next item: {rank}', { rank: rankText(rank) })}</p>}
      {arm && <Text name={t('Own decoder')} text={texts && (texts.own ?? t('None: λ_rec = 0.'))} said={texts?.own != null} />}
      {(arm || texts?.probe != null) && (
        <Text
          name={t('Probe decoder')}
          text={
            texts && (texts.probe ?? t('Not available: it is trained at the end of a run that requests it, and is not saved.'))
          }
          said={texts?.probe != null}
        />
      )}
      {picture && (
        <div className={styles.text}>
          <h4>
            {picture.pixels === null
              ? t('Drawn from h by L_img’s decoder, as numbers; nearest pictures')
              : t('Drawn from h by L_img’s decoder; nearest pictures')}
          </h4>
          <Drawn
            {...picture}
            picture={(place) => {
              const { title, pixels } = picture.nearest[place]!;
              return pixels && <Picture pixels={pixels} label={t('Picture of {item}', { item: title })} />;
            }}
          />
        </div>
      )}
    </ModelSection>
  );
}

function Text({ name, text, said }: { readonly name: string; readonly text: string | null; readonly said: boolean }) {
  return (
    <div className={styles.text}>
      <h4>{name}</h4>
      {said ? (
        <blockquote translate={text === '' ? undefined : 'no'}>{text === '' ? t('(empty text)') : text}</blockquote>
      ) : (
        <p className={styles.note}>{text ?? t('Reading…')}</p>
      )}
    </div>
  );
}
