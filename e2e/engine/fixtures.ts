/** A page without the app: `?case=…` runs cases of reference/fixtures in this browser and lists how far off they are. */
import { readFixture } from '../../src/engine/fixture';
import { openGpu } from '../../src/gpu/device';
import { compare, type Agreement } from './agreement';

declare global {
  interface Window {
    agreements?: Promise<Record<string, Agreement>>;
  }
}

async function fetched(file: string): Promise<Response> {
  const response = await fetch(`/reference/fixtures/${file}`);
  if (!response.ok) throw new Error(`${file}: HTTP ${response.status}`);
  return response;
}

async function bytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetched(file)).arrayBuffer());
}

async function compareAll(names: readonly string[]): Promise<Record<string, Agreement>> {
  const gpu = await openGpu(navigator.gpu, 'browser');
  const table = document.querySelector('table')!;
  table.insertRow().append('case, losses, gradients, parameters');
  const agreements: Record<string, Agreement> = {};
  for (const name of names) {
    const json = await (await fetched(`${name}.json`)).text();
    const expected = await bytes(`${name}.safetensors`);
    const model = await bytes(`model-${name.split('-')[0] ?? ''}.safetensors`);
    const agreement = await compare(gpu, readFixture({ json, expected, model }));
    agreements[name] = agreement;
    const row = table.insertRow();
    row.insertCell().textContent = name;
    for (const error of [agreement.losses, agreement.gradients, agreement.parameters])
      row.insertCell().textContent = error.toExponential(1);
  }
  gpu.device.destroy();
  return agreements;
}

window.agreements = compareAll(new URLSearchParams(location.search).getAll('case'));
