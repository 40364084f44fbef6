import { t } from '../../../../words/words';
import type { Certificate } from '../../../../record/runRecord';
import { Tip } from '../../../ui/controls/Term';
import { moment } from '../../../../readings/format';
import { useExperiment } from '../../../state/run/experiment';
import { useRecipe } from '../../../state/recipe/recipe';
import styles from './Recipe.module.css';

/** Shows whether our engine computes what ONNX Runtime computes with the same weights. */
export function CertificateLine() {
  const live = useExperiment((experiment) => experiment.certification);
  const recorded = useExperiment((experiment) => experiment.record);
  const chosen = useRecipe((recipe) => recipe.draft.model.id);
  // Findings about another model say nothing about this one.
  const { certificate, uncertified } =
    (live?.model === chosen ? live : null) ?? (recorded?.spec.model.id === chosen ? recorded : null) ?? {};
  if (uncertified !== undefined)
    return <p className={styles.certificate}>{t('Not compared with ONNX Runtime. {reason}', { reason: uncertified })}</p>;
  if (!certificate) return null;
  return (
    <p className={styles.certificate} data-passed={certificate.passed}>
      <Tip text={certificateTitle(certificate)}>{certificateText(certificate)}</Tip>
    </p>
  );
}

export function certificateText({ maxRelative, passed }: Certificate): string {
  const difference = maxRelative.toExponential(1);
  return passed
    ? t('largest difference from ONNX Runtime {difference} · passed', { difference })
    : t('largest difference from ONNX Runtime {difference} · failed', { difference });
}

function certificateTitle({ maxAbsolute, tolerance, provider, tokens, prompt, continuation, comparedAt }: Certificate): string {
  const compared = t(
    'Logits of {tokens} tokens, relative to the largest; {absolute} absolute; tolerance {tolerance}; ONNX Runtime on {provider}. It continues “{prompt}” with “{continuation}”.',
    {
      tokens: String(tokens),
      absolute: maxAbsolute.toExponential(1),
      tolerance: tolerance.toExponential(0),
      provider,
      prompt,
      continuation,
    },
  );
  return comparedAt === undefined
    ? compared
    : t('{compared} Compared on {date}, on an earlier visit.', { compared, date: moment(comparedAt) });
}
