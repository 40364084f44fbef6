/** Asks the training worker for files and saves them. Where it has none, the page says why. */
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import type { LogFormat } from '../../../log/exports';
import type { RunSpec } from '../../../recipe/runSpec';
import type { RunRecord } from '../../../record/runRecord';
import type { ModelQuery, ExportForm } from '../../../runtime/protocol';
import { setOpening } from '../opening/openingState';
import type { Session } from './session';

type Asking = Pick<Session, 'ask'>;

/** An arm's adapter; the worker must have trained it. */
export async function exportAdapter({ ask }: Asking, arm: string): Promise<void> {
  const files = await ask(({ exports }) => exports.adapter(arm));
  if (files === null) return;
  const { saveAdapter } = await import('../../../files/adapterArchive');
  saveAdapter(arm, files);
}

/** An arm at a point of the dial. */
export async function exportDialled({ ask }: Asking, arm: string, t: number, asked: ModelQuery): Promise<void> {
  const files = await ask(({ operations }) => operations.dialledAdapter({ arm, t, ...asked }));
  if (files === null) return;
  const { saveAdapter } = await import('../../../files/adapterArchive');
  saveAdapter(`${arm}-t${t.toFixed(1)}`, files);
}

/** An arm of the last run merged into its model, for transformers or llama.cpp. */
export async function saveMerged({ ask }: Asking, arm: string, form: ExportForm, spec: RunSpec): Promise<void> {
  const merged = await ask(({ exports }) => exports.model({ speaker: arm, form, spec }));
  if (merged !== null) saveFile(merged.name, merged.archive);
}

/** A recipe with its log as a job for PyTorch. */
export async function saveJob({ ask }: Asking, { spec, model }: Pick<RunRecord, 'spec' | 'model'>): Promise<void> {
  const job = await ask(({ exports }) => exports.job({ spec, model }));
  if (job !== null) saveOr(`${slugOf(spec.name)}.job.zip`, job);
}

/** A log with its split as another program's files, in one ZIP. */
export async function saveLog({ ask }: Asking, id: string, format: LogFormat): Promise<void> {
  const log = await ask(({ exports }) => exports.log({ id, format }));
  if (log !== null) saveOr('name' in log ? log.name : '', log);
}

/** An experiment as one ZIP, with the adapters of these arms, and the log if asked for. */
export async function exportExperiment(
  { ask }: Asking,
  record: RunRecord,
  arms: readonly string[],
  withLog: boolean,
): Promise<void> {
  const parts = await ask(({ exports }) => exports.experiment({ arms, log: withLog ? record.data.id : null }));
  if (parts === null) return;
  const { saveExperiment } = await import('./saveExperiment');
  await saveExperiment(record, parts);
}

function saveOr(name: string, answer: { readonly archive: Blob } | { readonly problem: string }): void {
  if ('problem' in answer) setOpening({ problem: answer.problem });
  else saveFile(name, answer.archive);
}
