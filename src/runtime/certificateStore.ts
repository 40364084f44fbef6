/**
 * Parity certificates that the browser stores, so that a later visit need not compare a model with ONNX
 * Runtime again: half a minute for a real LLM. One holds for the same weights, configuration and tokens, on
 * the same adapter, in the same browser and build of the page, and for a week, since a page is not told that
 * the GPU's driver was replaced.
 */
import { adapterNames } from '../gpu/adapterNames';
import type { LoadedModel } from '../model/loadedModel';
import { certificateSchema, type AdapterInfo, type Certificate } from '../record/runRecord';
import { deleteIdle, keepFile, readFile, type FileStore } from '../storage/fileStore';
import { parsedJson } from '../storage/parsedJson';
import { sha256Hex } from '../storage/sha256';

const GROUP = 'certificates';
const WEEK = 7 * 24 * 3600 * 1000;

export interface CertificateStore {
  /** Null if there is none that still holds. */
  read(model: LoadedModel, ids: readonly number[]): Promise<Certificate | null>;
  write(model: LoadedModel, ids: readonly number[], certificate: Certificate): Promise<void>;
}

export interface CertifiedWith {
  readonly adapter: AdapterInfo;
  /** What changes with the build and with the browser. */
  readonly program: readonly string[];
}

/** @param now milliseconds, by which certificates are older or newer */
export function keptCertificates(store: FileStore, { adapter, program }: CertifiedWith, now = Date.now): CertificateStore {
  const fileOf = ({ hash, config }: LoadedModel, ids: readonly number[]): string =>
    `certificate-${sha256Hex(JSON.stringify([hash, config, ids, program, adapterNames(adapter)]))}.json`;
  return {
    async read(model, ids) {
      const bytes = await readFile(store, fileOf(model, ids));
      if (bytes === null) return null;
      const certificate = parsedJson(new TextDecoder().decode(bytes), certificateSchema);
      return certificate !== null && holds(certificate.comparedAt ?? null, now()) ? certificate : null;
    },
    async write(model, ids, certificate) {
      const files = (await store.list()).filter(({ group }) => group === GROUP);
      await deleteIdle(
        store,
        files.filter(({ version }) => !holds(version, now())),
      );
      const comparedAt = new Date(now()).toISOString();
      const bytes = new TextEncoder().encode(JSON.stringify({ ...certificate, comparedAt }));
      const problem = await keepFile(store, { key: fileOf(model, ids), group: GROUP, version: comparedAt }, bytes);
      if (problem !== null) console.warn('The certificate could not be stored.', problem);
    },
  };
}

/** Whether a comparison at that time is less than a week old. */
function holds(comparedAt: string | null, now: number): boolean {
  const age = now - Date.parse(comparedAt ?? '');
  return age >= 0 && age < WEEK;
}
