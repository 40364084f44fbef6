/** Hubs approved on this device: the page asks before it contacts any other except the default one. */
import { t } from '../../../words/words';
import { create } from '../store';
import { z } from 'zod';
import { originOf } from '../../../model/modelOrigin';
import { hubOrigin, USUAL_HUB } from '../../../recipe/runSpec';
import type { ModelChoice } from '../../../runtime/protocol';
import { readLocalJson, writeLocal } from './local';

const KEY = 'karma-hubs';

/** Origins, such as `https://mirror.example`, in the order in which they were approved. */
export const useHubs = create<{ readonly agreed: readonly string[] }>()(() => ({ agreed: stored() }));

export function agreeTo(origin: string): void {
  keep([...useHubs.getState().agreed.filter((one) => one !== origin), origin]);
}

export function revoke(origin: string): void {
  keep(useHubs.getState().agreed.filter((one) => one !== origin));
}

/** The unapproved origin from which a model's files would be requested; null if there is none. */
export function newHub(model: ModelChoice, { agreed } = useHubs.getState()): string | null {
  if (!comesFromHub(model)) return null;
  const origin = hubOrigin(model.baseUrl);
  return origin === USUAL_HUB || agreed.includes(origin) ? null : origin;
}

/** Why an action that needs that hub cannot start yet. */
export function hubQuestion(origin: string): string {
  return t('Answer the question about {host} first.', { host: hostOf(origin) });
}

/** A hub's host name, with its port unless that is the scheme's default. */
export function hostOf(origin: string): string {
  return new URL(origin).host;
}

/** Whether a model is requested from a hub. */
export function comesFromHub(model: Pick<ModelChoice, 'id'>): boolean {
  try {
    return originOf(model) === 'hub';
  } catch {
    // Problems with the ID are reported when it is used.
    return true;
  }
}

/** Approvals and revocations in other tabs count here too. @returns a function that stops this */
export function followHubs(): () => void {
  const changed = ({ key }: StorageEvent): void => {
    if (key === KEY || key === null) useHubs.setState({ agreed: stored() });
  };
  addEventListener('storage', changed);
  return () => {
    removeEventListener('storage', changed);
  };
}

function keep(agreed: readonly string[]): void {
  writeLocal(KEY, JSON.stringify(agreed));
  useHubs.setState({ agreed });
}

function stored(): readonly string[] {
  const parsed = z.array(z.url({ protocol: /^https?$/ })).safeParse(readLocalJson(KEY));
  return parsed.success ? parsed.data.map(hubOrigin) : [];
}
