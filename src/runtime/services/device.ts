/** The worker's GPU: opened once, and again after a loss. */
import type { TuningStore } from '../../engine/gemm/gemmTuning';
import { prepareTiles } from '../../engine/gemm/gemmTuning';
import { GpuUnavailableError, openGpu, type Gpu } from '../../gpu/device';
import type { AdapterInfo } from '../../record/runRecord';
import { ORT_WASM_URL } from '../../model/ortAssets';
import { configureOrt } from '../../model/ortSession';
import type { PageFiles } from '../pageFiles';
import type { DeviceQuestions, Emit } from '../protocol';
import { keptTuning } from '../tuningStore';

export class DeviceService implements DeviceQuestions {
  #gpu: Promise<Gpu> | null = null;

  constructor(
    private readonly files: PageFiles,
    private readonly emit: Emit,
  ) {}

  async open(baseUrl: string): Promise<AdapterInfo> {
    this.files.baseUrl = baseUrl;
    configureOrt({ wasmUrl: ORT_WASM_URL });
    return (await this.get()).adapter;
  }

  /** A lost device is forgotten, so that the next request gets another. @throws GpuUnavailableError */
  get(): Promise<Gpu> {
    this.#gpu ??= this.#open().catch((error: unknown) => {
      this.#gpu = null;
      throw error;
    });
    return this.#gpu;
  }

  /** The device, or null without WebGPU, which ONNX Runtime's WebAssembly does not need. */
  async ifAny(): Promise<Gpu | null> {
    try {
      return await this.get();
    } catch (error) {
      if (error instanceof GpuUnavailableError) return null;
      throw error;
    }
  }

  /** Where the browser keeps what was measured of adapters. */
  async measured(): Promise<TuningStore> {
    return keptTuning(await this.files.store);
  }

  async #open(): Promise<Gpu> {
    const opened = await openGpu(navigator.gpu, 'browser');
    await prepareTiles(opened, await this.measured());
    void opened.device.lost.then(() => {
      this.#gpu = null;
    });
    this.emit({ type: 'device', adapter: opened.adapter });
    return opened;
  }
}
