/** How much GPU memory recipes would take here, and how long their steps. */
import { measureSpeed, type DeviceSpeed } from '../../engine/deviceSpeed';
import { ortProvider } from '../../experiment/checkModel';
import { forecastMemory, logSizes } from '../../experiment/forecastMemory';
import { exampleLengths, forecastSteps } from '../../experiment/forecastTime';
import { deviceRoom } from '../../gpu/deviceRoom';
import { CURATED_MODELS } from '../../model/curatedModels';
import type { DecoderConfig } from '../../model/decoderConfig';
import { ModelError } from '../../model/modelError';
import { ortProblem } from '../../model/ortRoom';
import { runSpecSchema, withPrecision, type RunSpec } from '../../recipe/runSpec';
import type { MemoryForecast } from '../../record/memoryPlan';
import type { MemoryQuestions } from '../protocol';
import type { Asking } from '../rpc/messages';
import type { DeviceService } from './device';
import type { LogService } from './logs';
import type { ModelService } from './models';

/** Measured once. */
const speeds = new WeakMap<GPUDevice, Promise<DeviceSpeed>>();

export class MemoryService implements MemoryQuestions {
  constructor(
    private readonly device: DeviceService,
    private readonly models: ModelService,
    private readonly logs: LogService,
    /** Whether a run keeps the device busy. */
    private readonly isBusy: () => boolean,
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

  async steps(given: RunSpec, { signal }: Asking): Promise<Readonly<Record<string, number>> | null> {
    const spec = runSpecSchema.parse(given);
    const gpu = await this.device.get();
    const [config, log] = [await (await this.models.shelf()).config(spec.model), await this.logs.peek(spec.data.id)];
    if (config === null || log === null) return null;
    try {
      const sizes = logSizes(log, spec, config);
      const { plan, problem, precision } = forecastMemory(config, spec, sizes, deviceRoom(gpu.device));
      if (plan === null || problem !== null) return null;
      const known = speeds.get(gpu.device);
      // Another load would be measured as well, and would have to wait.
      if (known === undefined && this.isBusy()) return null;
      const measuring = known ?? measureSpeed(gpu);
      speeds.set(gpu.device, measuring);
      // A device that fails is reported by the run that needs it.
      const speed = await measuring.catch(() => null);
      if (speed === null) {
        speeds.delete(gpu.device);
        return null;
      }
      const question = { config, spec: withPrecision(spec, precision), sizes, lengths: exampleLengths(log, spec) };
      const seconds = await forecastSteps(gpu, speed, question);
      signal.throwIfAborted();
      return seconds;
    } catch (error) {
      // The forecast of the memory says why.
      if (error instanceof ModelError || error instanceof RangeError) return null;
      throw error;
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
