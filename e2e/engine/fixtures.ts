/** A page without the app, in which fixtures of python/fixtures are computed by this browser. */
import { fixturePaths, readFixture } from '../../src/engine/fixture';
import { openGpu } from '../../src/gpu/device';
import { agreement } from '../../src/engine/agreement';

declare global {
  interface Window {
    /** Relative errors of a fixture's losses, gradients and steps, by name. */
    agreementOf?: (fixture: string) => Promise<Record<string, number>>;
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

const gpu = openGpu(navigator.gpu, 'browser');

window.agreementOf = async (name) => {
  const paths = fixturePaths(name);
  const fixture = readFixture({
    json: await text(paths.json),
    expected: await bytes(paths.expected),
    config: await text(paths.config),
    weights: await bytes(paths.weights),
    base: await bytes(paths.base),
  });
  return agreement(await gpu, fixture);
};
