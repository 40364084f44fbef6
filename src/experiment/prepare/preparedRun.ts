import type { Gpu } from '../../gpu/device';
import type { CatalogueFeatures } from '../../model/decoderConfig';
import type { LoadedModel } from '../../model/loadedModel';
import type { RunSpec } from '../../recipe/runSpec';
import type { RunStage } from '../../record/runEvents';
import type { PreparedData } from './preparedData';

/** What a run trains and is measured on: log and model, ready for one device. */
export interface PreparedRun {
  readonly gpu: Gpu;
  readonly model: LoadedModel;
  /** The log, tokenised for the model. */
  readonly data: PreparedData;
  /** The recipe, with its precision resolved. */
  readonly spec: RunSpec;
  /** Size of an item's features under this model. */
  readonly width: number;
  readonly features: CatalogueFeatures;
}

/** Reports what a run is doing before and after its steps. */
export type ReportProgress = (stage: RunStage, note: string, done?: number, total?: number) => void;
