/** The one GPUDevice, opened with its adapter's own limits and shared with ONNX Runtime. */
import type { AdapterInfo } from '../record/runRecord';
import { learnCompletion } from './completion';
import { FaultLog } from './faults';
import { message, t } from '../words/words';

/** Thrown when no adapter or device is available; `reason` says which step failed. */
export class GpuUnavailableError extends Error {
  constructor(
    message: string,
    readonly reason: 'no-api' | 'no-adapter' | 'no-device',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'GpuUnavailableError';
  }
}

export const NO_API = message('This browser does not offer WebGPU.');

export interface Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterInfo;
  /** Lanes of a subgroup, where subgroups are usable and all of one size; else null. */
  readonly subgroupSize: number | null;
  /**
   * Where their sizes vary: those that a kernel can ask for, in lanes (`subgroup-size-control`). Else none.
   */
  readonly subgroupChoice: readonly number[];
  /**
   * Whether a kernel can ask which subgroup of its workgroup a thread belongs to (the language feature
   * `subgroup_id`).
   */
  readonly subgroupIds: boolean;
}

const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupStorageSize',
] as const;

const WANTED_FEATURES = ['shader-f16', 'subgroups', 'subgroup-size-control', 'timestamp-query'] as const;

/**
 * Opens a device. `api` is `navigator.gpu` in a browser and Dawn's in Node; it may be undefined.
 * @throws GpuUnavailableError when the API, the adapter or the device is missing.
 */
export async function openGpu(api: GPU | undefined, runtime: AdapterInfo['runtime']): Promise<Gpu> {
  if (api === undefined) throw new GpuUnavailableError(t(NO_API), 'no-api');
  const adapter = await api.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new GpuUnavailableError(t('WebGPU is here, but it found no adapter it may use.'), 'no-adapter');
  const requiredLimits = Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]]));
  // The types lack the newest feature.
  const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[];
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  } catch (cause) {
    throw new GpuUnavailableError(t('The adapter refused to open a device.'), 'no-device', { cause });
  }
  // From here on every fault of the device is recorded.
  FaultLog.of(device);
  await learnCompletion(device);
  return {
    device,
    adapter: describe(adapter, runtime),
    ...subgroupsOf(adapter),
    subgroupIds: api.wgslLanguageFeatures.has('subgroup_id'),
  };
}

/** What kernels can know about the size of an adapter's subgroups. */
export function subgroupsOf({
  features,
  info,
}: Pick<GPUAdapter, 'features' | 'info'>): Pick<Gpu, 'subgroupSize' | 'subgroupChoice'> {
  const { subgroupMinSize: least, subgroupMaxSize: most } = info;
  if (!features.has('subgroups')) return { subgroupSize: null, subgroupChoice: [] };
  if (least === most) return { subgroupSize: least, subgroupChoice: [] };
  const sizes = [4, 8, 16, 32, 64, 128].filter((size) => size >= least && size <= most);
  return { subgroupSize: null, subgroupChoice: features.has('subgroup-size-control') ? sizes : [] };
}

function describe(adapter: GPUAdapter, runtime: AdapterInfo['runtime']): AdapterInfo {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const software = /swiftshader|llvmpipe|lavapipe|software/i.test(`${vendor} ${architecture} ${device} ${description}`);
  return {
    vendor,
    architecture,
    device,
    description,
    // Dawn in Node reports Mesa's CPU driver as an ordinary adapter.
    fallback: isFallbackAdapter || software,
    f16: adapter.features.has('shader-f16'),
    subgroups: adapter.features.has('subgroups'),
    timestamps: adapter.features.has('timestamp-query'),
    runtime,
  };
}
