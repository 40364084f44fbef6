/** The folder of a model beside `bench/`, where this page or script is. */
export function modelFolder(model: string): string {
  const { origin, pathname } = location;
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/bench/'))}/models/${model}`;
}
