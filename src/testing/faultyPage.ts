/**
 * GPU faults in the built page: its training worker's script gets a prelude that lets one chosen call fail.
 * The page is otherwise as built. A test and the prelude communicate through a BroadcastChannel.
 */
import type { Page } from '@playwright/test';
import type { FaultyCall, Injection } from './faultyGpu';

const CHANNEL = 'karma-test-faults';
const WORKER = /\/assets\/trainingWorker-[^/]*\.js$/;

/** Since `begin`: calls of each kind; and buffers not released since the worker started. */
export interface FaultyCounts {
  readonly calls: Readonly<Record<FaultyCall, number>>;
  readonly live: number;
}

/** Runs in the worker, so it must not use anything else in this file. */
function prelude(channelName: string): void {
  interface Chosen {
    readonly call: string;
    readonly way: string;
    readonly at: number;
  }
  let chosen: Chosen | null = null;
  let calls: Record<string, number> = {};
  const live = new Set<GPUBuffer>();
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<{ readonly begin?: Chosen | null; readonly ask?: number }>) => {
    if (data.begin !== undefined) {
      chosen = data.begin;
      calls = { createBuffer: 0, createTexture: 0, createComputePipeline: 0, writeBuffer: 0, mapAsync: 0 };
    }
    if (data.ask !== undefined) channel.postMessage({ answer: data.ask, calls, live: live.size });
  };
  const next = (call: string): boolean => {
    const count = (calls[call] = (calls[call] ?? 0) + 1);
    if (chosen?.call !== call || chosen.at !== count) return false;
    if (chosen.way === 'throws') throw new Error(`injected: ${call} ${count}`);
    return true;
  };
  /* oxlint-disable typescript/unbound-method -- called with their objects below */
  const { createBuffer, createTexture, createComputePipeline, createComputePipelineAsync } = GPUDevice.prototype;
  const { writeBuffer } = GPUQueue.prototype;
  const { mapAsync, destroy } = GPUBuffer.prototype;
  /* oxlint-enable typescript/unbound-method */
  GPUDevice.prototype.createBuffer = function (descriptor) {
    // A buffer must not be mappable for both reading and writing.
    const buffer = createBuffer.call(this, next('createBuffer') ? { ...descriptor, usage: 3 } : descriptor);
    live.add(buffer);
    return buffer;
  };
  GPUDevice.prototype.createTexture = function (descriptor) {
    // A texture must have a use.
    return createTexture.call(this, next('createTexture') ? { ...descriptor, usage: 0 } : descriptor);
  };
  GPUBuffer.prototype.destroy = function () {
    live.delete(this);
    destroy.call(this);
    return undefined;
  };
  const faulty = (descriptor: GPUComputePipelineDescriptor): GPUComputePipelineDescriptor =>
    next('createComputePipeline') ? { ...descriptor, compute: { ...descriptor.compute, entryPoint: 'gone' } } : descriptor;
  GPUDevice.prototype.createComputePipeline = function (descriptor) {
    return createComputePipeline.call(this, faulty(descriptor));
  };
  GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
    return createComputePipelineAsync.call(this, faulty(descriptor));
  };
  GPUQueue.prototype.writeBuffer = function (buffer, offset, data, ...rest) {
    const at = next('writeBuffer') ? 256 * Math.ceil(buffer.size / 256 + 1) : offset;
    writeBuffer.call(this, buffer, at, data as BufferSource, ...rest);
  };
  GPUBuffer.prototype.mapAsync = function (...args) {
    return next('mapAsync') ? Promise.reject(new Error('injected: mapAsync')) : mapAsync.apply(this, args);
  };
}

/** Prepends the prelude to the training worker's script whenever the page loads it. */
export async function injectFaults(page: Page): Promise<void> {
  await page.route(WORKER, async (route) => {
    const response = await route.fetch();
    // Needs no helpers that the browser lacks: tests are compiled for Node.
    const body = `(${prelude.toString()})(${JSON.stringify(CHANNEL)});\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
}

/** Restarts the count of calls; one of them will fail, unless it is null. */
export async function beginFaults(page: Page, injection: Injection | null): Promise<void> {
  await tell(page, { begin: injection });
}

/** What the worker has counted so far. */
export async function faultyCounts(page: Page): Promise<FaultyCounts> {
  return (await tell(page, { ask: Math.random() })) as FaultyCounts;
}

/** Sends a message to the worker, and resolves with its answer if one is requested. */
function tell(page: Page, message: { readonly begin?: Injection | null; readonly ask?: number }): Promise<unknown> {
  return page.evaluate(
    ([name, sent]) =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel(name);
        const ask = 'ask' in sent ? sent.ask : Math.random();
        channel.onmessage = ({ data }: MessageEvent<{ readonly answer?: number }>) => {
          if (data.answer !== ask) return;
          channel.close();
          resolve(data);
        };
        // Messages are answered in order, so counting has restarted.
        channel.postMessage({ ...sent, ask });
      }),
    [CHANNEL, message] as const,
  );
}
