/**
 * The built page's Content-Security-Policy and Trusted Types. That the page does not violate them is checked
 * by every other test, which fail on errors in the console.
 */
import { SECURITY_HEADERS } from '../tools/securityPlugin';
import { expect, test } from './support/playground';

test('refuses code made from text, inline scripts and styles, and scripts, workers and frames of other sites', async ({
  page,
}) => {
  const answer = await page.goto('./');
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(answer!.headers()[name.toLowerCase()]).toBe(value);
  await expect(page.getByRole('banner')).toBeVisible();
  const refused = await page.evaluate(async () => {
    const violated: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.push(effectiveDirective));
    const throws = (run: () => unknown): boolean => {
      try {
        run();
        return false;
      } catch {
        return true;
      }
    };
    const blob = URL.createObjectURL(new Blob(['0'], { type: 'text/javascript' }));
    const thrown = [
      () => new Worker(blob),
      () => new Worker('https://example.com/worker.js'),
      () => (document.createElement('div').innerHTML = '<b>x</b>'),
    ].map(throws);
    document.body.setAttribute('style', 'color: red');
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    document.body.append(frame);
    // The frame's navigation is refused in another process, which may take seconds on a busy machine.
    for (let turn = 0; turn < 200 && !violated.includes('frame-src'); turn++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    // Later than the call itself, in which a debugger may evaluate.
    await new Promise((resolve) => setTimeout(resolve, 500));
    // oxlint-disable-next-line typescript/no-implied-eval -- that it is refused is what is tested
    thrown.push(throws(() => new Function('return 1')));
    return { thrown, violated: [...new Set(violated)].sort(), colour: document.body.style.color };
  });
  expect(refused.thrown).toEqual([true, true, true, true]);
  expect(refused.colour).toBe('');
  expect(refused.violated).toEqual(['frame-src', 'require-trusted-types-for', 'style-src-attr']);
});
