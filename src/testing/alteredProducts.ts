/** A device whose products are wrong in a way that it does not report, by altering their kernels as they are compiled. */
import type { Gpu } from '../gpu/device';
import { standIn } from './faultyGpu';

/** A store of a kernel: its index into C, which has `lanes` floats per element, and what is stored. */
interface Store {
  readonly index: string;
  readonly value: string;
  /** Element of C's buffer that the first of the floats is. */
  readonly element: string;
  readonly lanes: 1 | 4 | 8;
}

const STORE = /C\[(.*)\] = (.*);(?= *\}?$)/gm;

function storeOf(index: string, value: string): Store {
  const shifted = /^(.*) >> ([23])u$/.exec(index);
  const lanes = shifted === null ? 1 : shifted[2] === '3' ? 8 : 4;
  return { index, value, element: shifted?.[1] ?? index, lanes };
}

const altering =
  (alter: (store: Store) => string) =>
  (code: string): string =>
    code.replaceAll(STORE, (_, index: string, value: string) => alter(storeOf(index, value)));

const onlyIf = (condition: (row: string, column: string, store: Store) => string) =>
  altering((store) => {
    const at = `(${store.element} - p.offc)`;
    return `if (${condition(`${at} / p.ldc`, `${at} % p.ldc`, store)}) { C[${store.index}] = ${store.value}; }`;
  });

/** The first float of an element. */
function firstOf({ index, lanes }: Store): string {
  return `C[${index}]${lanes === 8 ? '[0].x' : lanes === 4 ? '.x' : ''}`;
}

/** What a device may do, by the altered source. */
export const PRODUCT_FAULTS: Readonly<Record<string, (code: string) => string>> = {
  'nothing is written': onlyIf((row) => `${row} > p.M`),
  'the last row is dropped': onlyIf((row) => `${row} + 1u < p.M`),
  'the last columns are dropped': onlyIf((_, column, { lanes }) => `${column} + ${lanes}u < p.N`),
  'rows from 500 on are dropped': onlyIf((row) => `${row} < 500u`),
  'one of 64 elements is lost': onlyIf((row, column) => `(${row} * 7u + ${column} / 4u) % 64u != 0u`),
  'half of the terms are summed': (code) => code.replaceAll(/\bp\.K\b/g, '(p.K / 8u * 4u)'),
  'C is overwritten, not added to': (code) => code.replaceAll(/load_C\((?!at: )[^;{]*\)(?=[;,])/g, (call) => `0.0001 * ${call}`),
  'an exponent is wrong once in about 10⁴': altering(
    (store) =>
      `C[${store.index}] = ${store.value};
      if ((${store.element} - p.offc) * 2654435761u < ${store.lanes}u * 430000u) { ${firstOf(store)} *= 2.0; }`,
  ),
};

/** Alters the kernels whose names begin like this. The device has an identity of its own, on which nothing is compiled yet. */
export function alteredGpu(real: Gpu, prefix: string, alter: (code: string) => string): { readonly gpu: Gpu; altered: number } {
  const found = { gpu: real, altered: 0 };
  const createShaderModule = (descriptor: GPUShaderModuleDescriptor): GPUShaderModule => {
    const { label = '', code } = descriptor;
    const other = label.startsWith(prefix) ? alter(code) : code;
    if (other !== code) found.altered += 1;
    return real.device.createShaderModule({ ...descriptor, code: other });
  };
  found.gpu = { ...real, device: standIn(real.device, { createShaderModule }) };
  return found;
}
