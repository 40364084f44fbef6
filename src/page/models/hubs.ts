/** Hubs that this device agreed to: the page asks before it contacts any other but the usual one. */
import { create } from 'zustand';
import { z } from 'zod';
import { originOf } from '../../model/modelOrigin';
import { hubOrigin, USUAL_HUB } from '../../recipe/runSpec';
import type { ModelChoice } from '../../runtime/protocol';
import { readLocalJson, writeLocal } from '../state/local';

const KEY = 'karma-hubs';

/** Origins, such as `https://mirror.example`, in the order in which they were agreed to. */
export const useHubs = create<{ readonly agreed: readonly string[] }>()(() => ({ agreed: stored() }));

export function agreeTo(origin: string): void {
  keep([...useHubs.getState().agreed.filter((one) => one !== origin), origin]);
}

export function revoke(origin: string): void {
  keep(useHubs.getState().agreed.filter((one) => one !== origin));
}

/** The origin that a model's files would be requested from without having been agreed to; null if there is none. */
export function newHub(model: ModelChoice, { agreed } = useHubs.getState()): string | null {
  if (!comesFromHub(model)) return null;
  const origin = hubOrigin(model.baseUrl);
  return origin === USUAL_HUB || agreed.includes(origin) ? null : origin;
}

/** Why what needs that hub cannot start yet. */
export function hubQuestion(origin: string): string {
  return `Answer the question about ${hostOf(origin)} first.`;
}

/** A hub by the name under which it is reached, with a port that is not the scheme's. */
export function hostOf(origin: string): string {
  return new URL(origin).host;
}

/** Whether a model is requested from a hub. */
export function comesFromHub(model: Pick<ModelChoice, 'id'>): boolean {
  try {
    return originOf(model) === 'hub';
  } catch {
    // What is wrong with the id is said when it is used.
    return true;
  }
}

/** What another tab agreed to or revoked counts here, too. @returns how to stop */
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
