/** A page without the app: `?case=…` runs cases of python/fixtures in this browser. */
import { fixturePaths, readFixture } from '../../src/engine/fixture';
import { openGpu } from '../../src/gpu/device';
import { agreement } from '../../src/engine/agreement';

declare global {
  interface Window {
    agreements?: Promise<Record<string, Record<string, number>>>;
  }
}

async function fetched(file: string): Promise<Response> {
  const response = await fetch(`/python/fixtures/${file}`);
  if (!response.ok) throw new Error(`${file}: HTTP ${response.status}`);
  return response;
}

async function bytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetched(file)).arrayBuffer());
}

async function text(file: string): Promise<string> {
  return (await fetched(file)).text();
}

async function compareAll(names: readonly string[]): Promise<Record<string, Record<string, number>>> {
  const gpu = await openGpu(navigator.gpu, 'browser');
  const agreements: Record<string, Record<string, number>> = {};
  for (const name of names) {
    const paths = fixturePaths(name);
    const fixture = readFixture({
      json: await text(paths.json),
      expected: await bytes(paths.expected),
      config: await text(paths.config),
      weights: await bytes(paths.weights),
      base: await bytes(paths.base),
    });
    agreements[name] = await agreement(gpu, fixture);
  }
  gpu.device.destroy();
  return agreements;
}

window.agreements = compareAll(new URLSearchParams(location.search).getAll('case'));
