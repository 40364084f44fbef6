import { toCsv } from '../../../charts/export/table';
import { saveFile, slugOf } from '../../../charts/export/saveFile';
import { EMBEDDED_MODEL } from '../../../recipe/runSpec';
import { exportAdapter, saveJob, saveMerged } from '../../state/session/exports';
import { setOpening } from '../../state/opening/openingState';
import { saveNotes } from '../../ui/print/saveNotes';
import { recordRunId } from '../../../readings/runs/runEntry';
import { useRuns } from '../../state/runs/runsState';
import { useExperiment } from '../../state/run/experiment';
import { notWhole } from '../../../record/shortened';
import { setView, type DialogId } from '../../state/view/view';
import type { Action, ActionGroup } from './action';
import { message, t } from '../../../words/words';

/** GGUF names rules of splitting text; that of the embedded model is not among them. */
const unnamed = (model: string): string | null =>
  model === EMBEDDED_MODEL ? t('llama.cpp has no name for how the embedded model’s tokenizer splits text') : null;

/** Forms of an arm merged into its model. */
const MERGED = [
  { form: 'safetensors', words: 'safetensors', hindered: () => null },
  { form: 'F16', words: 'GGUF in F16', hindered: unnamed },
  { form: 'Q8_0', words: 'GGUF in Q8_0', hindered: unnamed },
] as const;

/** The run on the page as files; adapters only while the worker that trained them has them. */
export const EXPORTING: ActionGroup = {
  label: message('Export'),
  actions: (session) => {
    const { record, source, trained } = useExperiment.getState();
    const hindrance = record === null ? t('No experiment is shown') : null;
    /** For files that say what was measured, or hold all of it. */
    const ofWhole = record === null ? hindrance : notWhole(record);
    const slug = record === null ? '' : slugOf(record.spec.name);
    const opens = (dialog: DialogId) => (): void => {
      setView({ dialog });
    };
    const arms = record === null || source !== 'live' ? [] : record.spec.arms.filter(({ id }) => trained.includes(id));
    return [
      {
        id: 'export-record',
        words: t('Run record, JSON'),
        hindrance,
        act: () => {
          saveFile(`${slug}.run.json`, new Blob([JSON.stringify(record)], { type: 'application/json' }));
        },
      },
      {
        id: 'export-metrics',
        words: t('Metrics, CSV'),
        hindrance: ofWhole,
        act: () => {
          void import('../../../files/metricsTable').then(({ metricsTable }) => {
            if (record) saveFile(`${slug}.metrics.csv`, new Blob([toCsv(metricsTable(record))], { type: 'text/csv' }));
          });
        },
      },
      { id: 'export-experiment', words: t('Experiment, ZIP'), hindrance: ofWhole, act: opens('experiment') },
      {
        id: 'export-job',
        words: t('Run on a cluster, ZIP'),
        hindrance: ofWhole,
        act: () => {
          if (record) void saveJob(session, record);
        },
      },
      {
        id: 'export-notes',
        words: t('Notes with figures, ZIP'),
        hindrance,
        act: () => {
          if (record === null) return;
          const notes = useRuns.getState().entries.find(({ id }) => id === recordRunId(record))?.notes ?? '';
          saveNotes(record.spec.name, [{ heading: null, text: notes }]).catch((error: unknown) => {
            setOpening({
              problem: t('The notes could not be written: {reason}', {
                reason: error instanceof Error ? error.message : String(error),
              }),
            });
          });
        },
      },
      { id: 'export-methods', words: t('Methods paragraph'), hindrance: ofWhole, act: opens('methods') },
      { id: 'export-checklist', words: t('Reproducibility checklist'), hindrance: ofWhole, act: opens('checklist') },
      ...arms.flatMap(({ id, label }): Action[] => [
        {
          id: `export-lora-${id}`,
          words: t('LoRA of {arm}, PEFT', { arm: label }),
          hindrance: null,
          act: () => {
            void exportAdapter(session, id);
          },
        },
        ...MERGED.map(({ form, words, hindered }): Action => ({
          id: `export-merged-${form}-${id}`,
          words: t('{arm} merged into the model, {format}', { arm: label, format: words }),
          hindrance: record === null ? null : hindered(record.model.id),
          act: () => {
            if (record) void saveMerged(session, id, form, record.spec);
          },
        })),
      ]),
    ];
  },
};
