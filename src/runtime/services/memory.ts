/** How much GPU memory recipes would take here, and how long their steps. */
import { knownSpeed, type DeviceSpeed } from '../../engine/deviceSpeed';
import { ortProvider } from '../../experiment/prepare/checkModel';
import { forecastMemory, logSizes } from '../../experiment/forecast/forecastMemory';
import { exampleLengths, forecastTime, type TimeForecast } from '../../experiment/forecast/forecastTime';
import { domainTextsOf } from '../../model/domainTexts/domainTexts';
import type { Gpu } from '../../gpu/device';
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

/** Asked for once. */
const speeds = new WeakMap<GPUDevice, Promise<DeviceSpeed | null>>();

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

  async time(given: RunSpec, { signal }: Asking): Promise<TimeForecast | null> {
    const spec = runSpecSchema.parse(given);
    const config = await (await this.models.shelf()).config(spec.model);
    if (config === null) return null;
    try {
      const fit = await this.#fit(config, spec);
      if (fit?.forecast.problem !== null) return null;
      const { gpu, log, sizes, forecast } = fit;
      const speed = await this.#speed(gpu);
      // Edits may have asked again while the device was measured.
      signal.throwIfAborted();
      if (speed === null) return null;
      const question = { config, spec: withPrecision(spec, forecast.precision), sizes, lengths: exampleLengths(log, spec) };
      const evaluated = {
        targets: log.split.test.length,
        watched: log.split[spec.evaluation.watch].length,
        domainTexts: domainTextsOf(spec).length,
      };
      return await forecastTime(gpu, speed, question, evaluated);
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

  /** The device's speed, measured if it is not known; null if it cannot be measured. */
  async #speed(gpu: Gpu): Promise<DeviceSpeed | null> {
    const { device } = gpu;
    const known = speeds.get(device);
    // Another load would be measured as well, and would have to wait.
    if (known === undefined && this.isBusy()) return null;
    const measuring = known ?? this.device.measured().then((store) => knownSpeed(gpu, store, { isBusy: this.isBusy }));
    speeds.set(device, measuring);
    // A device that fails is reported by the run that needs it.
    const speed = await measuring.catch(() => null);
    if (speed === null) speeds.delete(device);
    return speed;
  }

  /**
   * The memory that a recipe needs with a model of that shape on this device and the open log; null if its
   * log is not open.
   */
  async #forecast(config: DecoderConfig, spec: RunSpec): Promise<MemoryForecast | null> {
    const fit = await this.#fit(config, spec);
    if (fit === null) return null;
    const uncertified = ortProblem(config, ortProvider(fit.gpu));
    return { ...fit.forecast, ...(uncertified !== null && { uncertified }) };
  }

  /** The same, with what it was told from. */
  async #fit(config: DecoderConfig, spec: RunSpec) {
    const gpu = await this.device.get();
    const log = await this.logs.peek(spec.data.id);
    if (log === null) return null;
    const sizes = logSizes(log, spec, config);
    return { gpu, log, sizes, forecast: forecastMemory(config, spec, sizes, deviceRoom(gpu)) };
  }
}
