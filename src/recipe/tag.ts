/**
 * The source of a statement about the method: the abstract, a reader's transcription of the paper, or us
 * (docs/method.md).
 */
export type Tag = 'A' | 'R' | 'O';
