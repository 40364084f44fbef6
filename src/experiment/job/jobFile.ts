/** A file of an exported job. */
export interface JobFile {
  /** Path with slashes, relative to the job's folder. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
