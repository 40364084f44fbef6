/** Whether a run fits the device, and in which precision. */
import { deviceRoom } from '../../gpu/deviceRoom';
import { withPrecision, type RunSpec } from '../../recipe/runSpec';
import type { MemoryForecast } from '../../record/memoryPlan';
import { DoesNotFitError } from '../prepare/doesNotFit';
import type { PreparedRun } from '../prepare/preparedRun';
import { forecastMemory } from './forecastMemory';

/**
 * @param onForecast called before the run is refused
 * @returns the recipe, with its precision resolved
 * @throws DoesNotFitError
 */
export function fitMemory(
  { gpu, model, data, spec, width }: Omit<PreparedRun, 'features'>,
  onForecast: (forecast: MemoryForecast) => void,
): RunSpec {
  const sizes = { items: data.log.items.length, ...data, featureWidth: width };
  const forecast = forecastMemory(model.config, spec, sizes, deviceRoom(gpu));
  onForecast(forecast);
  if (forecast.problem !== null) throw new DoesNotFitError(forecast.problem);
  return withPrecision(spec, forecast.precision);
}
