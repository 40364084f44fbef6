/** Whether a site lacks an optional file. Servers that answer any URL send a page instead. */
export function isMissing(response: Response): boolean {
  return !response.ok || (response.headers.get('content-type')?.includes('html') ?? false);
}
