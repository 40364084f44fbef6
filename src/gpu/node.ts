/**
 * WebGPU in Node through Dawn. Needs a Vulkan driver; a software one (Mesa's lavapipe, Chromium's
 * SwiftShader) will do.
 */
import { existsSync } from 'node:fs';
import { GpuUnavailableError, openGpu, type Gpu } from './device';
import { restfulTurns } from './restfulTurns';

const CHROMIUM_SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Browsers coarsen timestamps so that pages cannot spy on each other; that does not apply here. */
const DAWN_OPTIONS = ['disable-dawn-features=timestamp_quantization'];

/**
 * Opens Dawn's device. `KARMA_ADAPTER=swiftshader` takes the software driver that ships with Debian's
 * Chromium (compiles faster, runs slower than Mesa's); otherwise the Vulkan loader chooses, and SwiftShader
 * is the last resort.
 * @throws GpuUnavailableError when no driver is found.
 */
export async function openNodeGpu(): Promise<Gpu> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  if (process.env.KARMA_ADAPTER === 'swiftshader') process.env.VK_ICD_FILENAMES = CHROMIUM_SWIFTSHADER;
  try {
    return rested(await openGpu(keep(create(DAWN_OPTIONS)), 'node'));
  } catch (error) {
    if (!(error instanceof GpuUnavailableError) || !existsSync(CHROMIUM_SWIFTSHADER)) throw error;
    process.env.VK_ICD_FILENAMES = CHROMIUM_SWIFTSHADER;
    return rested(await openGpu(keep(create(DAWN_OPTIONS)), 'node'));
  }
}

let resting = false;

/** Leaves the CPU cores to a software adapter while it computes. */
function rested(gpu: Gpu): Gpu {
  if (!gpu.adapter.fallback || resting) return gpu;
  resting = true;
  const { setImmediate: immediately, setTimeout: later } = globalThis;
  const schedule = restfulTurns(immediately, (turn) => later(turn, 1));
  // With the property that `util.promisify` looks for.
  globalThis.setImmediate = Object.defineProperties(
    schedule,
    Object.getOwnPropertyDescriptors(immediately),
  ) as unknown as typeof immediately;
  return gpu;
}

/** Dawn's instance must outlive its devices, and only this reference keeps it from the garbage collector. */
const instances: GPU[] = [];

function keep(instance: GPU): GPU {
  instances.push(instance);
  return instance;
}
