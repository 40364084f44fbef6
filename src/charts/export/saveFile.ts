/** A name as a part of a file's name: `HR@K over steps` becomes `hr-k-over-steps`. */
export function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** Hands a file to the browser's download list. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the blob once the click was handled.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
