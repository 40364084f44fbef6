/** The training worker: services over one device, one model shelf, one log and one run. */
import { featureWidth } from '../experiment/prepare/featureTables';
import { opfsSlots } from '../storage/opfsSlots';
import { TwoSlots } from '../storage/twoSlots';
import { speak } from '../words/languages';
import { describeUnanswered } from './failures';
import { PageFiles } from './pageFiles';
import type { TrainingServices, WorkerEvent } from './protocol';
import type { FromServices } from './rpc/messages';
import { serve } from './rpc/serve';
import { DeviceService } from './services/device';
import { ExportService } from './services/exports';
import { InspectionService } from './services/inspection';
import { Loading } from './services/loading';
import { LogService } from './services/logs';
import { MemoryService } from './services/memory';
import { ModelService } from './services/models';
import { OperationService } from './services/operations';
import { RunService } from './services/run';
import { TemplateService } from './services/templates';
import { TextService } from './services/texts';
import { TitleService } from './services/titles';
import { Trained } from './services/trained';
import { StartAdapters } from './startAdapters';
import { t } from '../words/words';

function emit(event: WorkerEvent): void {
  postMessage({ type: 'event', event } satisfies FromServices);
}

const files = new PageFiles();
const loading = new Loading(emit);
const starts = new StartAdapters();
const slots = opfsSlots('karma-checkpoints', 'run').then((kept) => kept && new TwoSlots(kept));
const device = new DeviceService(files, emit);
const logs = new LogService(files.fetchBytes, emit, loading.progress, files.store, (problem) => {
  void files.lasting.then((lasting) => {
    emit({ type: 'log-kept', problem: problem ?? (lasting ? null : t('The browser stores no files for this page.')) });
  });
});
const models = new ModelService(files, starts, loading, emit, async (config, spec) => {
  const read = await logs.peek(spec.data.id);
  return read && { items: read.log.items.length, features: featureWidth(spec, config, read.log) };
});
const trained = new Trained(device, models, logs, files, loading, emit);
const texts = new TextService((asked) => trained.speakers(asked));
const inspection = new InspectionService((asked) => trained.subject(asked));
const operations = new OperationService(
  (asked) => trained.subject(asked),
  (arm, asked) => trained.adapterOf(arm, asked),
);
const run = new RunService({ device, models, logs, starts, files, trained, texts, inspection, operations, slots, emit });

const services: TrainingServices = {
  words: { speak },
  device,
  run,
  models,
  logs,
  memory: new MemoryService(device, models, logs, () => run.isBusy),
  texts,
  inspection,
  operations,
  templates: new TemplateService(models, logs),
  exports: new ExportService(trained, models, logs, files, starts),
  titles: new TitleService(device, models, loading),
};

serve(globalThis, services, { describe: describeUnanswered });
