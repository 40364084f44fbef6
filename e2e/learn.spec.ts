import { goToLesson } from './support/lessons';
import { expect, test } from './support/playground';

test('a lesson by keys: predict, reveal, answer, finish, and continue after a reload; and its layout on a phone', async ({
  playground,
}) => {
  const { page } = playground;
  await page.goto('./?lesson=all');
  await page.getByRole('button', { name: 'Begin Watch it collapse' }).press('Enter');
  await expect(page).toHaveURL(/lesson=collapse&step=1/);
  const sliders = page.getByRole('slider', { name: /item-sink rate at step/ });
  await expect(sliders).toHaveCount(8);
  // Nothing of the run is shown before it is predicted.
  await expect(playground.panel('Collapse measures')).toHaveCount(0);
  await sliders.first().focus();
  for (let point = 0; point < 8; point++) {
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
  }
  await expect(sliders.last()).toHaveAttribute('aria-valuetext', /step 562: 0\.\d\d/);
  await page.getByRole('button', { name: 'Reveal' }).press('Enter');
  await expect(page.getByText(/On average you were 0\.\d\d away\. Furthest off at step \d+/)).toBeVisible();
  await expect(playground.panel('Collapse measures')).toBeVisible();
  await page.getByRole('button', { name: /^Large updates/ }).press('Enter');
  await expect(page.getByText('Right.')).toBeVisible();

  const next = page.getByRole('button', { name: 'Next', exact: true });
  await next.press('Enter');
  await expect(page.getByRole('heading', { name: 'Columns appear' })).toBeFocused();
  const before = await playground.map('Action');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => playground.map('Action')).not.toBe(before);
  await page.goBack();
  await expect(page).toHaveURL(/step=1/);
  // What was drawn is still there.
  await expect(page.getByText(/On average you were 0\.\d\d away/)).toBeVisible();

  await goToLesson(page, 'collapse&step=4');
  await expect(page.getByText('The figure appears when you have chosen')).toBeVisible();
  await page.getByRole('button', { name: 'Skip, show me' }).press('Enter');
  await expect(page.getByRole('region', { name: 'What each model writes' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'What happened to its language?' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What each model writes' })).toBeVisible();

  await next.press('Enter');
  await page.getByRole('button', { name: 'Skip, show me' }).press('Enter');
  await expect(page.getByText(/^On texts that no arm trains on/)).toBeVisible();
  await next.press('Enter');
  await next.press('Enter');
  await page.getByRole('button', { name: 'Finish', exact: true }).press('Enter');
  await expect(page.getByRole('heading', { name: 'What to take away' })).toBeFocused();
  await page.getByRole('button', { name: 'All lessons' }).last().press('Enter');
  await expect(page.getByRole('listitem').filter({ hasText: 'Watch it collapse' })).toContainText('finished');

  await test.step('on a phone the text is above the figure, and buttons are large enough for a thumb', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await goToLesson(page, 'collapse&step=2');
    const maps = playground.panel('Attention maps');
    await expect(maps).toBeVisible();
    const heading = (await page.getByRole('heading', { name: 'Columns appear' }).boundingBox())!;
    expect(heading.y).toBeLessThan((await maps.boundingBox())!.y);
    for (const button of await page.getByRole('button', { name: /^(Back|Next)$/ }).all()) {
      expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  // The page's figure is as it was, and the URL no longer mentions lessons.
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Figure' }).click();
  await expect(page).not.toHaveURL(/lesson/);
  await expect(playground.panel('HR@K over steps')).toBeVisible();
});
