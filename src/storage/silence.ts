/** Milliseconds that a storage of the browser may take to open. Broken profiles were seen to leave such questions open forever. */
export const SILENT_AFTER = 10_000;

/** What a storage answers. @throws DOMException (`TimeoutError`) where it says nothing */
export async function unlessSilent<T>(asked: Promise<T>, within = SILENT_AFTER): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException('The browser’s storage does not answer.', 'TimeoutError'));
    }, within);
  });
  try {
    return await Promise.race([asked, silence]);
  } finally {
    clearTimeout(timer);
  }
}
