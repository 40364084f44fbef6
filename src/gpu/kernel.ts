/**
 * Kernels are WGSL files. Their bindings and uniform fields are read from the source, so that a call names them
 * and the compiler of the page never has a second copy of the layout to keep in step.
 *
 * Conventions of a kernel: `struct Params` holds only u32 and f32 scalars and is bound as the uniform at binding 0;
 * all other bindings are storage buffers. Sizes known when the pipeline is made come as `const`s in front of the source.
 */

export interface Kernel {
  readonly id: number;
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Storage bindings in binding order. */
  readonly bindings: readonly { readonly name: string; readonly binding: number }[];
  readonly fields: readonly { readonly name: string; readonly float: boolean }[];
}

/** WGSL constants written in front of a kernel: numbers become `u32`, strings are taken as WGSL lines. */
export interface Prelude {
  readonly constants?: Readonly<Record<string, number>>;
  readonly code?: string;
}

const BINDING = /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)\s*:/g;
const PARAMS = /struct Params\s*\{([^}]*)\}/;
const FIELD = /(\w+)\s*:\s*(u32|f32)/g;

const files = import.meta.glob<string>('../../shaders/*/*.wgsl', { query: '?raw', import: 'default', eager: true });
/** Source by name; names are unique over all rooms. */
const sources = new Map(
  Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1, -'.wgsl'.length), text]),
);

/** The text of `shaders/<room>/<name>.wgsl`. */
export function shaderSource(name: string): string {
  const source = sources.get(name);
  if (source === undefined) throw new Error(`there is no shader named ${name}`);
  return source;
}

/** All names under shaders/. */
export function shaderNames(): string[] {
  return [...sources.keys()];
}

let nextKernelId = 1;

const caches = new WeakMap<GPUDevice, KernelCache>();

/** Pipelines of one device, each compiled once however many engines use it. */
export class KernelCache {
  private readonly kernels = new Map<string, Kernel>();

  private constructor(private readonly device: GPUDevice) {}

  static of(device: GPUDevice): KernelCache {
    const known = caches.get(device);
    if (known !== undefined) return known;
    const made = new KernelCache(device);
    caches.set(device, made);
    return made;
  }

  /** The kernel `shaders/<name>.wgsl` with a prelude in front. */
  file(name: string, prelude: Prelude = {}): Kernel {
    const constants = Object.entries(prelude.constants ?? {}).map(([key, value]) => `const ${key}: u32 = ${value}u;`);
    const head = [...constants, prelude.code ?? ''].join('\n');
    return this.source(name, head, () => `${head}\n${shaderSource(name)}`);
  }

  /** A kernel from generated source; `variant` tells sources of one name apart. */
  source(name: string, variant: string, code: () => string): Kernel {
    const key = `${name}|${variant}`;
    const known = this.kernels.get(key);
    if (known !== undefined) return known;
    const kernel = compile(this.device, name, code());
    this.kernels.set(key, kernel);
    return kernel;
  }
}

function compile(device: GPUDevice, name: string, code: string): Kernel {
  const found = [...code.matchAll(BINDING)].map(([, binding, space, access, variable]) => ({
    binding: Number(binding),
    uniform: space === 'uniform',
    readOnly: access !== 'read_write',
    name: variable ?? '',
  }));
  const body = PARAMS.exec(code)?.[1] ?? '';
  const fields = [...body.matchAll(FIELD)].map(([, field, type]) => ({ name: field ?? '', float: type === 'f32' }));
  const layout = device.createBindGroupLayout({
    label: name,
    entries: found.map(({ binding, uniform, readOnly }) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: uniform
        ? { type: 'uniform' as const, hasDynamicOffset: true, minBindingSize: 4 * fields.length }
        : { type: readOnly ? ('read-only-storage' as const) : ('storage' as const) },
    })),
  });
  const pipeline = device.createComputePipeline({
    label: name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label: name, code }), entryPoint: 'main' },
  });
  const bindings = found.filter((entry) => !entry.uniform).map(({ name: variable, binding }) => ({ name: variable, binding }));
  return { id: nextKernelId++, name, pipeline, layout, bindings, fields };
}
