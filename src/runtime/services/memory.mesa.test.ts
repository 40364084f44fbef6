/** What is told of a recipe before a run, on a device that is measured once. */
import { beforeEach, expect, it } from 'vitest';
import { openSampleLog } from '../../cli/diskSource';
import { PRESETS } from '../../recipe/presets';
import { PipelineWatch } from '../../testing/pipelineWatch';
import { sharedGpu } from '../../testing/sharedGpu';
import { withLargestBinding } from '../../testing/smallBindings';
import { loadWordnet } from '../../testing/wordnetModel';
import type { Asking } from '../rpc/messages';
import type { DeviceService } from './device';
import type { LogService } from './logs';
import { MemoryService } from './memory';
import type { ModelService } from './models';

const sample = await openSampleLog('public');
const { config } = await loadWordnet();
const { spec } = PRESETS.find(({ id }) => id === 'quick')!;

const NOTHING_KEPT = { read: () => Promise.resolve(null), write: () => Promise.resolve() };

/** A device that has not been measured. */
let watch: PipelineWatch;
beforeEach(async () => {
  watch = new PipelineWatch(await sharedGpu());
});

function service({ busy = false, open = true } = {}): MemoryService {
  return new MemoryService(
    { get: () => Promise.resolve(watch.gpu), measured: () => Promise.resolve(NOTHING_KEPT) } as unknown as DeviceService,
    { shelf: () => Promise.resolve({ config: () => Promise.resolve(config) }) } as unknown as ModelService,
    { peek: () => Promise.resolve(open ? sample : null) } as unknown as LogService,
    () => busy,
  );
}

function asking({ signal } = new AbortController()): Asking {
  return { signal } as Asking;
}

it('tells the time of a step of every arm, and measures the device once', async () => {
  const seconds = await service().time(spec, asking());
  expect(Object.keys(seconds!.steps)).toEqual(spec.arms.map(({ id }) => id));
  for (const each of Object.values(seconds!.steps)) expect(each).toBeGreaterThan(0);
  const compiled = watch.waitedFor.length;
  expect(compiled).toBeGreaterThan(0);
  expect(await service().time(spec, asking())).toEqual(seconds);
  // A run does not disturb what is known already.
  expect(await service({ busy: true }).time(spec, asking())).toEqual(seconds);
  expect(watch.waitedFor.length).toBe(compiled);
});

it('leaves a device alone that a run keeps busy, and one on which the recipe does not fit', async () => {
  expect(await service({ busy: true }).time(spec, asking())).toBeNull();
  expect(await service({ open: false }).time(spec, asking())).toBeNull();
  await withLargestBinding(watch.gpu.device, 4096, async () => {
    const tight = service();
    expect((await tight.forecast(spec)).problem).not.toBeNull();
    expect(await tight.time(spec, asking())).toBeNull();
  });
  expect(watch.waitedFor).toEqual([]);
});

it('keeps the measured speed for the question that came meanwhile', async () => {
  const first = new AbortController();
  const superseded = service().time(spec, asking(first));
  first.abort();
  await expect(superseded).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  const compiled = watch.waitedFor.length;
  expect(await service().time(spec, asking())).not.toBeNull();
  expect(watch.waitedFor.length).toBe(compiled);
});
