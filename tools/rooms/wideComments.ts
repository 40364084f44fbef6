/** Comments that are wider than a column that is read with ease. */
const WIDTH = 110;
/** What is laid out by hand, such as a table, begins with two spaces or more. */
const COMMENT = /^\s*(?:\/\/ |\* |\/\*\*? )(?! )/;

/** @param files path and text @returns a sentence for each line */
export function wideComments(files: readonly (readonly [file: string, text: string])[]): string[] {
  return files.flatMap(([file, text]) =>
    text
      .split('\n')
      .flatMap((line, at) =>
        line.length > WIDTH && COMMENT.test(line) ? [`${file}:${at + 1}: a comment of more than ${WIDTH} columns`] : [],
      ),
  );
}
