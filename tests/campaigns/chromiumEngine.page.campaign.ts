import { engineCampaign } from '../../e2e/support/engineCampaign';

export default engineCampaign('Chromium', {
  // Node's Dawn, which is the same code, computes all of them in `npm test`.
  sample: 5,
  open: async (url, { browser }) => {
    const page = await browser.newPage();
    await page.goto(url);
    return {
      errorsOf: (fixture) => page.evaluate((name) => window.agreementOf!(name), fixture),
      close: () => page.close(),
    };
  },
});
