/** Stage 2: whether the run fits the device, and in which precision. */
import { deviceRoom } from '../../gpu/deviceRoom';
import { withPrecision, type RunSpec } from '../../recipe/runSpec';
import { forecastMemory } from '../forecast/forecastMemory';
import { DoesNotFitError } from '../prepare/doesNotFit';
import type { DataContext } from './data';

export interface MemoryContext extends DataContext {
  /** The recipe, with its precision resolved. */
  readonly spec: RunSpec;
}

/** @throws DoesNotFitError */
export function fitMemory(context: DataContext): MemoryContext {
  const { inputs, emit, data, width } = context;
  const { gpu, spec, model } = inputs;
  const sizes = { items: data.log.items.length, ...data, featureWidth: width };
  const forecast = forecastMemory(model.config, spec, sizes, deviceRoom(gpu));
  emit({ type: 'memory', ...forecast });
  if (forecast.problem !== null) throw new DoesNotFitError(forecast.problem);
  return { ...context, spec: withPrecision(spec, forecast.precision) };
}
