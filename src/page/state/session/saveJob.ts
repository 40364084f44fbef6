import { saveFile, slugOf } from '../../../charts/export/saveFile';
import type { RunSpec } from '../../../recipe/runSpec';
import { setOpening } from '../opening/openingState';

/** Downloads a job, or says why there is none. */
export function saveJob({ name }: RunSpec, answer: { readonly archive: Blob } | { readonly problem: string }): void {
  if ('problem' in answer) setOpening({ problem: answer.problem });
  else saveFile(`${slugOf(name)}.job.zip`, answer.archive);
}
