/** A log of the site as the files and the recipe that a user would open. */
import type { SiteLog } from '../log/siteLogs';
import { logRecipeSchema, type LogRecipe } from '../recipe/logRecipe';
import { isMissing } from '../storage/missingFile';
import { t } from '../words/words';

export interface FetchedLog {
  readonly files: readonly File[];
  readonly recipe: LogRecipe;
}

/** @throws Error in words, and the signal's reason */
export async function fetchSiteLog({ folder, file, recipe }: SiteLog, signal: AbortSignal): Promise<FetchedLog> {
  const [table, mapping] = await Promise.all([file, recipe].map((name) => fetched(`${folder}/${name}`, signal)));
  const files = [new File([await table!.blob()], file)];
  return { files, recipe: logRecipeSchema.parse(await mapping!.json()) };
}

async function fetched(path: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(import.meta.env.BASE_URL + path, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Error(t('{path} could not be fetched.', { path }), { cause });
  });
  if (isMissing(answer)) throw new Error(t('{path} could not be fetched (HTTP {status}).', { path, status: answer.status }));
  return answer;
}
