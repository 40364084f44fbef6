/** Creates Vitest's tests of campaigns (src/testing/campaign.ts). */
import { it } from 'vitest';
import type { Campaign } from './campaign';
import { campaignName, isWanted, timeLimit, tryCampaign } from './tryCampaign';

/** @param modules default exports by file, as `import.meta.glob` gives them */
export function testCampaigns(modules: Readonly<Record<string, unknown>>): void {
  const all = Object.entries(modules).map(([file, campaign]) => ({ name: campaignName(file), campaign: campaign as Campaign }));
  const wanted = all.filter(({ name, campaign }) => isWanted(name, campaign));
  it.for(wanted)('$name: $campaign.claim', { timeout: timeLimit(240_000) }, async ({ name, campaign }, { skip }) => {
    const missing = (await campaign.missing?.()) ?? null;
    skip(missing !== null, missing ?? '');
    await tryCampaign(name, campaign, undefined);
  });
  if (wanted.length === 0) it.skip('no campaign here was requested');
}
