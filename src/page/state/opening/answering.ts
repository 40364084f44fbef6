/** Which arms can be asked now, and what the page says about it. */
import { useMemo } from 'react';
import { recordedArms } from '../../../recipe/recordedArms';
import type { ArmSpec } from '../../../recipe/runSpec';
import { listed } from '../../../readings/format';
import { useAsked } from './asked';
import { useExperiment } from '../run/experiment';
import { t } from '../../../words/words';

export interface Answering {
  /** Labels of the arms that answer, in the recipe's order. */
  readonly able: readonly string[];
  /** Labels of the arms that do not. */
  readonly unable: readonly string[];
  /** Whether they belong to a recorded run. */
  readonly recorded: boolean;
}

/**
 * For a recorded run on the page, the arms whose adapters the site has; else those of the run trained here.
 */
export function useAnswering(): Answering {
  const asked = useAsked();
  const trained = useExperiment((experiment) => experiment.trained);
  const live = useExperiment(({ source, record }) => (source === 'live' && record ? record.spec.arms : null));
  return useMemo(() => {
    const preset = asked?.recorded ?? null;
    if (preset !== null) return { ...parted(asked!.spec.arms, recordedArms(preset)), recorded: true };
    return { ...parted(live ?? asked?.spec.arms ?? [], live?.map(({ id }) => id) ?? trained), recorded: false };
  }, [asked, trained, live]);
}

function parted(arms: readonly ArmSpec[], ids: readonly string[]): Pick<Answering, 'able' | 'unable'> {
  const labels = (able: boolean): string[] => arms.filter(({ id }) => ids.includes(id) === able).map(({ label }) => label);
  return { able: labels(true), unable: labels(false) };
}

/** `Figure and inspector show its recorded run`, as far as that holds. */
export function recordedSentence({ able, unable, recorded }: Answering): string {
  if (!recorded) return t('The figure shows its recorded run; the inspector asks the model and log of the recipe.');
  if (able.length === 0)
    return t(
      'The figure shows its recorded run. This site has no adapters of it: to ask its arms in the inspector, train it here.',
    );
  if (unable.length === 0) return t('Figure and inspector show its recorded run.');
  return t(
    'The figure shows its recorded run. In the inspector {n, plural, one {{able} answers} other {{able} answer}}; {unable} would have to be trained here.',
    {
      n: able.length,
      able: listed(able),
      unable: listed(unable),
    },
  );
}

/** What a verdict offers. */
export function askLabel({ able }: Pick<Answering, 'able'>): string {
  return able.length === 0
    ? t('Ask the base model')
    : able.length === 1
      ? t('Ask {arm}', { arm: able[0]! })
      : able.length === 2
        ? t('Ask both models')
        : t('Ask all models');
}

/** The arms for which the inspector answers, or why for none. */
export function answeringSentence({ able, unable, recorded }: Answering): string {
  if (recorded && able.length > 0) {
    if (unable.length === 0)
      return t('The arms answer with the adapters of the recorded run, rounded to half precision or less.');
    return t(
      '{n, plural, one {{able} answers} other {{able} answer}} with the adapters of the recorded run, rounded to half precision or less. This site has none of {unable}: to ask {m, plural, one {it} other {them}}, run, then pause or let the run finish.',
      { n: able.length, able: listed(able), m: unable.length, unable: listed(unable) },
    );
  }
  if (able.length > 0) return t('Trained here, and answering: {able}.', { able: listed(able) });
  return recorded
    ? t(
        'Only the base model and item-kNN answer: this site has no adapters of the recorded run. To ask the arms, run, then pause or let the run finish.',
      )
    : t(
        'Only the base model and item-kNN answer: a run record has no adapters, and none were trained in this tab. To ask the arms, run, then pause or let the run finish.',
      );
}

/** Which arms of a recorded run write. @param alone whether only the base model wrote */
export function writingSentence({ able, unable }: Pick<Answering, 'able' | 'unable'>, alone: boolean): string {
  if (alone || able.length === 0)
    return t(
      'This recorded run has no adapters on this site, so only its base model can write. Run, then pause or stop, to see the arms’ texts too.',
    );
  if (unable.length === 0) return t('The arms write with the adapters of the recorded run, rounded to half precision or less.');
  return t(
    '{n, plural, one {{able} writes} other {{able} write}} with the adapters of the recorded run, rounded to half precision or less; this site has none of {unable}.',
    { n: able.length, able: listed(able), unable: listed(unable) },
  );
}
