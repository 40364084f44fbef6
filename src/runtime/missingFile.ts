/** Whether a site lacks a file that it may lack. Servers that answer any address send a page. */
export function isMissing(response: Response): boolean {
  return !response.ok || (response.headers.get('content-type')?.includes('html') ?? false);
}
