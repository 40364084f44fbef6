/** Lets other tasks run, such as a message that cancels the work: a stream with available data never leaves its microtasks. */
export function turn(): Promise<void> {
  return wait(0);
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
