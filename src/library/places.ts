/**
 * Where models, logs and texts come from: an address, a folder on disk, a hub, or files that are open
 * already.
 */
import { ggufSource } from '../model/gguf/ggufSource';
import { isGguf } from '../model/gguf/ggufName';
import { droppedSource } from '../model/source/droppedSource';
import { httpSource, hubSource } from '../model/source/httpSource';
import { blobFile, type ModelSource } from '../model/source/modelSource';
import { runSpecSchema } from '../recipe/runSpec';
import { memoryStore } from '../storage/memoryStore';
import type { Place } from './types';

const HUB = /^hub:([^@]+)(?:@(.+))?$/;
const NODE = typeof process === 'object' && typeof window === 'undefined';

/** The path of a place on disk; null for what is fetched. */
function pathOf(place: Place): string | null {
  const text = String(place);
  if (/^https?:/.test(text) || !NODE) return null;
  return text.startsWith('file:') ? decodeURIComponent(new URL(text).pathname).replace(/^\/(?=[A-Za-z]:)/, '') : text;
}

function nameOf(place: Place): string {
  return decodeURIComponent(String(place).replace(/\/$/, '').split('/').at(-1)!);
}

/** A model's source, and the name by which it is known. */
export async function modelAt(place: Place | readonly File[]): Promise<{ readonly source: ModelSource; readonly id: string }> {
  if (Array.isArray(place)) return { source: droppedSource(place as File[]), id: (place as File[])[0]?.name ?? '' };
  const at = place as Place;
  const [, id, revision] = HUB.exec(String(at)) ?? [];
  if (id !== undefined) {
    const { baseUrl, revision: usual } = runSpecSchema.parse({}).model;
    return { source: await hubSource({ id, revision: revision ?? usual, baseUrl }, memoryStore()), id };
  }
  const path = pathOf(at);
  const name = nameOf(at);
  if (path !== null) return { source: await (await import('../cli/diskSource')).sourceOnDisk(path), id: name };
  if (isGguf(name)) return { source: ggufSource([blobFile(name, await (await fetched(at)).blob())]), id: name };
  return { source: httpSource(String(at), memoryStore()), id: name };
}

/** Files of a log, or of texts. */
export async function filesOf(places: Place | File | readonly (Place | File)[]): Promise<File[]> {
  const all: readonly (Place | File)[] = Array.isArray(places) ? places : [places as Place | File];
  const files = await Promise.all(
    all.map(async (place) => {
      if (place instanceof File) return [place];
      const path = pathOf(place);
      if (path !== null) return (await import('../cli/diskSource')).filesFromDisk([path]);
      return [new File([await (await fetched(place)).blob()], nameOf(place))];
    }),
  );
  return files.flat();
}

/** @throws RangeError naming the address and what the server answered */
async function fetched(place: Place): Promise<Response> {
  const response = await fetch(place);
  if (!response.ok) throw new RangeError(`${String(place)} could not be read: the server answered ${response.status}.`);
  return response;
}
