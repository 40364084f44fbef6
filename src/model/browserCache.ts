/** The Cache API as a store of bytes; absent in Node, in private windows of some browsers and on pages without https. */

/** The named cache, or null where the platform has none: everything here works without, only slower the second time. */
export async function openCache(name: string): Promise<Cache | null> {
  // The type says it is always there.
  const storage = (globalThis as { caches?: CacheStorage }).caches;
  if (storage === undefined) return null;
  try {
    return await storage.open(name);
  } catch (error) {
    // Blocked by the person's privacy settings.
    console.warn(`The browser's cache "${name}" cannot be opened.`, error);
    return null;
  }
}

export interface CachedFile {
  readonly url: string;
  readonly bytes: number;
}

/** What the named cache holds, in order of URL. */
export async function listCache(name: string): Promise<CachedFile[]> {
  const cache = await openCache(name);
  if (cache === null) return [];
  const files: CachedFile[] = [];
  for (const { url } of await cache.keys()) {
    const response = await cache.match(url);
    files.push({ url, bytes: Number(response?.headers.get('content-length') ?? 0) });
  }
  return files.sort((a, b) => (a.url < b.url ? -1 : 1));
}

/** Deletes the named cache with everything in it. */
export async function deleteCache(name: string): Promise<void> {
  await (globalThis as { caches?: CacheStorage }).caches?.delete(name);
}
