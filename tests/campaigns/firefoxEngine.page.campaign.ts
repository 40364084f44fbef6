/** Firefox's WebGPU, wgpu and naga, shares no code with Chromium's. */
import { engineCampaign } from '../../e2e/support/engineCampaign';
import { firefoxMissing, openFirefox } from '../../e2e/support/firefox';

export default engineCampaign('Firefox', {
  sample: 5,
  missing: firefoxMissing,
  open: async (url) => {
    const browser = await openFirefox();
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => window.agreementOf !== undefined);
    return {
      errorsOf: (fixture) => page.evaluate((name) => window.agreementOf!(name), fixture),
      close: () => browser.close(),
    };
  },
});
