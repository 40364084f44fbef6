/** How much GPU memory recipes would take here. */
import { ortProvider } from '../../experiment/checkModel';
import { forecastMemory, logSizes } from '../../experiment/forecastMemory';
import { deviceRoom } from '../../gpu/deviceRoom';
import { CURATED_MODELS } from '../../model/curatedModels';
import type { DecoderConfig } from '../../model/decoderConfig';
import { ModelError } from '../../model/modelError';
import { ortProblem } from '../../model/ortRoom';
import { runSpecSchema, type RunSpec } from '../../recipe/runSpec';
import type { MemoryForecast } from '../../record/memoryPlan';
import type { MemoryQuestions } from '../protocol';
import type { Asking } from '../rpc/messages';
import type { DeviceService } from './device';
import type { LogService } from './logs';
import type { ModelService } from './models';

export class MemoryService implements MemoryQuestions {
  constructor(
    private readonly device: DeviceService,
    private readonly models: ModelService,
    private readonly logs: LogService,
  ) {}

  async forecast(given: RunSpec): Promise<MemoryForecast> {
    const spec = runSpecSchema.parse(given);
    try {
      const config = await (await this.models.shelf()).config(spec.model);
      return (config && (await this.#forecast(config, spec))) ?? { plan: null, problem: null };
    } catch (error) {
      if (!(error instanceof ModelError || error instanceof RangeError)) throw error;
      return { plan: null, problem: error.message };
    }
  }

  async survey(given: RunSpec, { signal }: Asking): Promise<Readonly<Record<string, MemoryForecast>>> {
    const spec = runSpecSchema.parse(given);
    const forecasts: Record<string, MemoryForecast> = {};
    for (const { id, config } of CURATED_MODELS) {
      const forecast = await this.#forecast(config, spec);
      signal.throwIfAborted();
      if (forecast !== null) forecasts[id] = forecast;
    }
    return forecasts;
  }

  /** The memory that a recipe needs with a model of that shape on this device and the open log; null if its log is not open. */
  async #forecast(config: DecoderConfig, spec: RunSpec): Promise<MemoryForecast | null> {
    const { device } = await this.device.get();
    const log = await this.logs.peek(spec.data.id);
    if (log === null) return null;
    const uncertified = ortProblem(config, ortProvider(await this.device.get()));
    const forecast = forecastMemory(config, spec, logSizes(log, spec, config), deviceRoom(device));
    return { ...forecast, ...(uncertified !== null && { uncertified }) };
  }
}
