/**
 * Kernels are WGSL files (`shaders.ts`). Their bindings, uniform fields and workgroups are read from the source, so that calls use their names
 * and the layout is not repeated in TypeScript.
 *
 * Conventions of a kernel: `struct Params` holds only u32 and f32 scalars and is bound as the uniform at binding 0;
 * all other bindings are storage buffers. Sizes known when the pipeline is made come as `const`s in front of the source.
 */
import { FaultLog } from './faults';
import { shaderSource, type ShaderParts } from './shaders';

export interface Kernel {
  readonly id: number;
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Storage bindings in binding order. */
  readonly bindings: readonly { readonly name: string; readonly binding: number }[];
  readonly fields: readonly { readonly name: string; readonly float: boolean }[];
  /** Threads per workgroup; null if it has more than one dimension. */
  readonly workgroupSize: number | null;
}

/** What makes a variant of a kernel: constants (`u32`) and WGSL lines in front of it, and the parts that it includes by name. */
export interface Prelude {
  readonly constants?: Readonly<Record<string, number>>;
  readonly code?: string;
  readonly parts?: ShaderParts;
}

const BINDING = /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)\s*:/g;
const PARAMS = /struct Params\s*\{([^}]*)\}/;
const WORKGROUP = /@workgroup_size\((\d+)\)/;
const FIELD = /(\w+)\s*:\s*(u32|f32)/g;

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

  /** The kernel `shaders/<room>/<name>.wgsl` with a prelude in front. */
  file(name: string, prelude: Prelude = {}): Kernel {
    const constants = Object.entries(prelude.constants ?? {}).map(([key, value]) => `const ${key}: u32 = ${value}u;`);
    const head = [...constants, prelude.code ?? ''].join('\n');
    const parts = Object.entries(prelude.parts ?? {}).map(([key, part]) => `${key}=${part}`);
    return this.source(name, [...parts, head].join('\n'), () => `${head}\n${shaderSource(name, prelude.parts)}`);
  }

  /** A kernel from generated source; `variant` distinguishes sources with the same name. */
  source(name: string, variant: string, code: () => string): Kernel {
    const key = `${name}|${variant}`;
    const known = this.kernels.get(key);
    if (known !== undefined) return known;
    const kernel = FaultLog.of(this.device).guard(
      { what: 'kernel', name },
      () => compile(this.device, name, code()),
      // The next request tries again.
      () => this.kernels.delete(key),
    );
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
  const threads = WORKGROUP.exec(code)?.[1];
  const workgroupSize = threads === undefined ? null : Number(threads);
  return { id: nextKernelId++, name, pipeline, layout, bindings, fields, workgroupSize };
}
