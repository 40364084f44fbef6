import { LogError, type LogIssue } from './types';

/** Issues named one by one in an error; the rest are only counted. */
export const LISTED_ISSUES = 20;

/** Gathers what is wrong with the files, so that a person sees many problems at once and not one a try. */
export interface IssueList {
  add(issue: LogIssue): void;
  readonly total: number;
  /** Throws a `LogError` with the first `LISTED_ISSUES` issues when there is any. */
  throwIfAny(): void;
}

export function createIssueList(): IssueList {
  const listed: LogIssue[] = [];
  let total = 0;
  return {
    add(issue) {
      total++;
      if (listed.length < LISTED_ISSUES) listed.push(issue);
    },
    get total() {
      return total;
    },
    throwIfAny() {
      const [first] = listed;
      if (first === undefined) return;
      const rest = total > listed.length ? ` The first ${listed.length} are listed.` : '';
      throw new LogError(
        total === 1
          ? `The log was not read: ${describeIssue(first)}`
          : `The log was not read: ${total.toLocaleString('en')} problems.${rest} Nothing is left out silently: correct the file, then open it again.`,
        listed,
      );
    },
  };
}

/** `ratings.csv, line 3, column timestamp: …` */
export function describeIssue({ file, line, column, message }: LogIssue): string {
  const place = [file, ...(line > 0 ? [`line ${line}`] : []), ...(column === undefined ? [] : [`column ${column}`])];
  return `${place.join(', ')}: ${message}`;
}

/** A value of the file inside a message: quoted, on one line, not endless. */
export function quoted(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return `"${line.length > 40 ? `${line.slice(0, 39)}…` : line}"`;
}
