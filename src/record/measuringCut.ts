/** What measuring was cut to, in words. */
import { numberFormat, t } from '../words/words';
import type { MeasuringCut } from './runRecord';

export function cutSentence({ finals, targets, texts, tokens, orders, probeLeftOut, evaluations }: MeasuringCut): string {
  const count = (value: number): string => numberFormat().format(value);
  return t(
    'This model is slow here, so less is measured, to leave at least half of the time to training: {finals} of {targets} test targets at the end, LM drift on {texts} texts, {tokens} tokens after each prompt{orders, plural, =0 {} one {, probe histories in one other order} other {, probe histories in # other orders}}{evaluations, plural, =0 {} one {, one evaluation during training} other {, # evaluations during training}}{probe, select, out {, and no probe decoder} other {}}.',
    {
      finals: count(finals),
      targets: count(targets),
      texts,
      tokens,
      orders: orders ?? 0,
      evaluations: evaluations ?? 0,
      probe: probeLeftOut ? 'out' : 'in',
    },
  );
}
