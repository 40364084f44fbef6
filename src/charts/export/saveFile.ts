/** A name as part of a file name: `HR@K over steps` becomes `hr-k-over-steps`. */
export function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** Passes a file to the browser's download list. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download holds its own reference to the blob once the click is handled.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
