import { httpSource } from '../src/model/source/httpSource';
import type { ModelSource } from '../src/model/source/modelSource';
import { memoryStore } from '../src/storage/memoryStore';

/** A file of the site, by its path there. `bench/`, where this page or script is, lies beside it. */
export function siteFile(path: string): string {
  const { origin, pathname } = location;
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/bench/'))}/${path}`;
}

/** A model of the site. */
export function siteModel(model: string): ModelSource {
  return httpSource(siteFile(`models/${model}`), memoryStore());
}
