/** Datasets on a hub: their contents, and their files as if dropped. */
import { ModelError } from '../../model/modelError';
import { hubSource, type HubFolder, type HubPlace } from '../../model/source/httpSource';
import type { DatasetListing, DatasetQuestions, InspectedDataset } from '../intakeProtocol';
import { PageFiles } from '../pageFiles';
import type { Asking } from '../rpc/messages';
import type { ReadProgress } from '../../log/intake/readSources';
import type { SourceService } from './sources';
import { t } from '../../words/words';

type Parameter<Name extends keyof DatasetQuestions> = Parameters<DatasetQuestions[Name]>[0];

export class DatasetService implements DatasetQuestions {
  constructor(private readonly sources: SourceService) {}

  /** @throws ModelError as the server refuses, or if it does not list files */
  async list(place: Parameter<'list'>, { signal }: Asking): Promise<DatasetListing> {
    const { version, files } = await folderAt(place, signal);
    if (files === null) {
      throw new ModelError(
        t('{baseUrl} does not list the files of {id}.', { baseUrl: place.baseUrl, id: place.id }),
        t('Check the ID and the URL, or download the files and drop them on the page.'),
      );
    }
    return { version: version ?? place.revision, files };
  }

  /** @throws ModelError, LogError */
  async open({ place, paths, remembered }: Parameter<'open'>, { signal, tell }: Asking<ReadProgress>): Promise<InspectedDataset> {
    const folder = await folderAt(place, signal);
    const total = paths.reduce((sum, path) => sum + (folder.files?.find((file) => file.path === path)?.bytes ?? 0), 0);
    const name = place.id.slice(place.id.indexOf('/') + 1);
    const files: File[] = [];
    let before = 0;
    for (const path of paths) {
      const file = await folder.open(path, {
        signal,
        onBytes: ({ done }) => {
          tell({ done: before + done, total: Math.max(total, before + done), file: path, events: 0 });
        },
      });
      before += file.bytes;
      files.push(new File([file.blob ?? (await file.read(0, file.bytes))], `${name}/${path}`));
    }
    return { ...(await this.sources.inspect({ files, remembered })), files };
  }
}

async function folderAt(place: HubPlace, signal: AbortSignal): Promise<HubFolder> {
  return hubSource(place, await new PageFiles().store, signal, 'datasets');
}
