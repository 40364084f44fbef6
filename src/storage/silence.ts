/**
 * Milliseconds that a browser’s storage may take for an answer. Broken profiles were seen to leave such
 * requests pending forever.
 */
export const SILENT_AFTER = 10_000;

/** The answer of a storage. @throws DOMException (`TimeoutError`) if there is none */
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
