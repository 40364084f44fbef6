/** Campaigns on the built page; see src/testing/campaign.ts. */
import { isWanted, timeLimit, tryCampaign } from '../src/testing/tryCampaign';
import { WINDOW } from './support/browsers';
import { LIFTOFF } from './support/liftoff';
import { test } from './support/playground';
import type { PageBench } from './support/pageBench';
import chromiumEngine from '../tests/campaigns/chromiumEngine.page.campaign';
import firefoxEngine from '../tests/campaigns/firefoxEngine.page.campaign';
import firefoxRun from '../tests/campaigns/firefoxRun.page.campaign';
import largeFiles from '../tests/campaigns/largeFiles.page.campaign';
import pageFaults from '../tests/campaigns/pageFaults.page.campaign';
import pageKills from '../tests/campaigns/pageKills.page.campaign';
import realLlm from '../tests/campaigns/realLlm.page.campaign';
import soak from '../tests/campaigns/soak.page.campaign';

const CAMPAIGNS = { chromiumEngine, firefoxEngine, firefoxRun, largeFiles, pageFaults, pageKills, realLlm, soak };

for (const [name, campaign] of Object.entries(CAMPAIGNS)) {
  if (!isWanted(name, campaign)) continue;
  test(`${name}: ${campaign.claim}`, { tag: WINDOW }, async ({ browser, baseURL, launchOptions }) => {
    test.setTimeout(timeLimit(1_800_000));
    const reason = (await campaign.missing?.()) ?? null;
    test.skip(reason !== null, reason ?? '');
    const options = {
      baseURL: baseURL!,
      serviceWorkers: 'block',
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
    } as const;
    const bench: PageBench = {
      browser,
      url: baseURL!,
      optimising: () =>
        browser.browserType().launch({ ...launchOptions, args: (launchOptions.args ?? []).filter((flag) => flag !== LIFTOFF) }),
      launch: (profile) => browser.browserType().launchPersistentContext(profile, { ...launchOptions, ...options }),
    };
    await tryCampaign(name, campaign, bench);
  });
}
