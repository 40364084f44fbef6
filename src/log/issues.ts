import { t } from '../words/words';
import { LogError, type LogIssue } from './types';

/** `ratings.csv, line 3, column timestamp: …` */
export function describeIssue({ file, line, column, message }: LogIssue): string {
  const lines = line > 0 ? [t('line {line}', { line: String(line) })] : [];
  const columns = column === undefined ? [] : [t('column {column}', { column })];
  return `${[file, ...lines, ...columns].join(', ')}: ${message}`;
}

/**
 * The error for a file that cannot be read, or read further.
 * @param line counted from 1; 0 when it is about the file as a whole
 */
export function refuse(file: string, message: string, line = 0): LogError {
  const issue = { file, line, message };
  return new LogError(describeIssue(issue), [issue]);
}
