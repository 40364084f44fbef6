/**
 * Kernels are WGSL files (`shaders.ts`). Their bindings, uniform fields and workgroups are read from the
 * source, so that calls use their names and the layout is not repeated in TypeScript.
 *
 * Conventions of a kernel: `struct Params` holds only u32 and f32 scalars and is bound as the uniform at
 * binding 0; all other bindings are storage buffers, textures that hold matrices (`texels.ts`) and a sampler
 * for those. Sizes known when the pipeline is made come as `const`s in front of the source.
 */
import { FaultLog } from './faults';
import { shaderSource, type ShaderParts } from './shaders';

/** What a kernel is compiled from; `variant` tells sources of the same name apart. */
export interface KernelSource {
  readonly name: string;
  readonly variant: string;
  readonly code: () => string;
}

interface Binding {
  readonly name: string;
  readonly binding: number;
}

export interface Kernel {
  readonly id: number;
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Storage bindings in binding order. */
  readonly bindings: readonly Binding[];
  readonly textures: readonly Binding[];
  /** Binding of the sampler, where there are textures. */
  readonly sampler: number | null;
  readonly fields: readonly { readonly name: string; readonly float: boolean }[];
  /** Threads per workgroup; null if it has more than one dimension. */
  readonly workgroupSize: number | null;
}

/**
 * What makes a variant of a kernel: constants (`u32`) and WGSL lines in front of it, and the parts that it
 * includes by name.
 */
export interface Prelude {
  readonly constants?: Readonly<Record<string, number>>;
  readonly code?: string;
  readonly parts?: ShaderParts;
}

const BINDING = /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)\s*:/g;
const TEXTURE = /@group\(0\)\s*@binding\((\d+)\)\s*var\s+(\w+)\s*:\s*(texture_2d<f32>|sampler)/g;
const PARAMS = /struct Params\s*\{([^}]*)\}/;
const WORKGROUP = /@workgroup_size\((\d+)\)/;
const FIELD = /(\w+)\s*:\s*(u32|f32)/g;

let nextKernelId = 1;

const caches = new WeakMap<GPUDevice, KernelCache>();

/** Pipelines of one device, each compiled once however many engines use it. */
export class KernelCache {
  private readonly kernels = new Map<string, Kernel>();
  /** Pipelines that are being compiled ahead. */
  private readonly coming = new Map<string, Promise<void>>();
  private readonly requests = new Map<string, KernelSource>();

  private constructor(private readonly device: GPUDevice) {}

  static of(device: GPUDevice): KernelCache {
    const known = caches.get(device);
    if (known !== undefined) return known;
    const made = new KernelCache(device);
    caches.set(device, made);
    return made;
  }

  /** What was asked for so far, in the order of the first requests. */
  get asked(): readonly KernelSource[] {
    return [...this.requests.values()];
  }

  /** The kernel `shaders/<room>/<name>.wgsl` with a prelude in front. */
  file(name: string, prelude: Prelude = {}): Kernel {
    const constants = Object.entries(prelude.constants ?? {}).map(([key, value]) => `const ${key}: u32 = ${value}u;`);
    const head = [...constants, prelude.code ?? ''].join('\n');
    const parts = Object.entries(prelude.parts ?? {}).map(([key, part]) => `${key}=${part}`);
    return this.source(name, [...parts, head].join('\n'), () => `${head}\n${shaderSource(name, prelude.parts)}`);
  }

  /** A kernel from generated source. If it is not there yet, the thread waits until it is compiled. */
  source(name: string, variant: string, code: () => string): Kernel {
    const key = keyOf({ name, variant });
    const known = this.kernels.get(key);
    if (known !== undefined) return known;
    this.requests.set(key, { name, variant, code });
    const kernel = FaultLog.of(this.device).guard(
      { what: 'kernel', name },
      () => {
        const { descriptor, ...parts } = describe(this.device, name, code());
        return { ...parts, pipeline: this.device.createComputePipeline(descriptor) };
      },
      // The next request tries again.
      () => this.kernels.delete(key),
    );
    this.kernels.set(key, kernel);
    return kernel;
  }

  /**
   * Compiles the kernels that are not there yet, all at once, while thread and device go on. One that fails
   * is compiled again when it is needed, and is a fault of the device only if it fails there.
   */
  async prepare(sources: readonly KernelSource[]): Promise<void> {
    await Promise.all(sources.map((source) => this.ahead(source)));
  }

  /** How many of these are not compiled. */
  missing(sources: readonly KernelSource[]): number {
    return sources.filter((source) => !this.kernels.has(keyOf(source))).length;
  }

  private ahead(source: KernelSource): Promise<void> {
    const key = keyOf(source);
    if (this.kernels.has(key)) return Promise.resolve();
    const known = this.coming.get(key);
    if (known !== undefined) return known;
    const coming = this.compileAhead(key, source).finally(() => this.coming.delete(key));
    this.coming.set(key, coming);
    return coming;
  }

  private async compileAhead(key: string, source: KernelSource): Promise<void> {
    const faults = FaultLog.of(this.device);
    const answered = faults.answers.ask(true);
    try {
      const { coming, parts } = faults.unheard(() => this.compiling(source));
      const pipeline = await coming;
      // Bind groups belong to the kernel that was there first.
      if (!this.kernels.has(key)) this.kernels.set(key, { ...parts, pipeline });
    } catch {
      // Compiled again when it is needed.
    } finally {
      answered();
    }
  }

  private compiling({ name, code }: KernelSource): {
    readonly coming: Promise<GPUComputePipeline>;
    readonly parts: Omit<Kernel, 'pipeline'>;
  } {
    const { descriptor, ...parts } = describe(this.device, name, code());
    return { coming: this.device.createComputePipelineAsync(descriptor), parts };
  }
}

function keyOf({ name, variant }: Pick<KernelSource, 'name' | 'variant'>): string {
  return `${name}|${variant}`;
}

/** A kernel without its pipeline, and what that is made from. */
function describe(
  device: GPUDevice,
  name: string,
  code: string,
): Omit<Kernel, 'pipeline'> & { readonly descriptor: GPUComputePipelineDescriptor } {
  const found = [...code.matchAll(BINDING)].map(([, binding, space, access, variable]) => ({
    binding: Number(binding),
    uniform: space === 'uniform',
    readOnly: access !== 'read_write',
    name: variable ?? '',
  }));
  const body = PARAMS.exec(code)?.[1] ?? '';
  const fields = [...body.matchAll(FIELD)].map(([, field, type]) => ({ name: field ?? '', float: type === 'f32' }));
  const sampled = [...code.matchAll(TEXTURE)].map(([, binding, variable, type]) => ({
    binding: Number(binding),
    name: variable ?? '',
    sampler: type === 'sampler',
  }));
  const visibility = GPUShaderStage.COMPUTE;
  const layout = device.createBindGroupLayout({
    label: name,
    entries: [
      ...found.map(({ binding, uniform, readOnly }) => ({
        binding,
        visibility,
        buffer: uniform
          ? { type: 'uniform' as const, hasDynamicOffset: true, minBindingSize: 4 * fields.length }
          : { type: readOnly ? ('read-only-storage' as const) : ('storage' as const) },
      })),
      ...sampled.map(({ binding, sampler }) => ({
        binding,
        visibility,
        ...(sampler
          ? { sampler: { type: 'non-filtering' as const } }
          : { texture: { sampleType: 'unfilterable-float' as const } }),
      })),
    ],
  });
  const descriptor = {
    label: name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label: name, code }), entryPoint: 'main' },
  };
  const bindings = found.filter((entry) => !entry.uniform).map(({ name: variable, binding }) => ({ name: variable, binding }));
  const threads = WORKGROUP.exec(code)?.[1];
  const workgroupSize = threads === undefined ? null : Number(threads);
  const textures = sampled.filter((entry) => !entry.sampler);
  const sampler = sampled.find((entry) => entry.sampler)?.binding ?? null;
  return { id: nextKernelId++, name, descriptor, layout, bindings, textures, sampler, fields, workgroupSize };
}
