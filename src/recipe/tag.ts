/** Whose a statement about the method is: the abstract's, a reader's transcription of the paper's, or ours (docs/method.md). */
export type Tag = 'A' | 'R' | 'O';
