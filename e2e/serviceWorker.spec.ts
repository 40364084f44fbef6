/** The service worker's copy of the page, with a failing server, and with a newer build. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { startFickleServer, type Manner } from './support/fickleServer';
import { expect, test } from './support/playground';
import { STOPPABLE_PORT } from './support/ports';

test.use({ serviceWorkers: 'allow', visitor: 'new' });

/** SHA-256 of each cached script of the page, by path. */
function keptScripts(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const hashes: Record<string, string> = {};
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!request.url.endsWith('.js')) continue;
        const kept = (await cache.match(request))!;
        const digest = await crypto.subtle.digest('SHA-256', await kept.arrayBuffer());
        const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        hashes[new URL(request.url).pathname.slice(1)] = hex;
      }
    }
    return hashes;
  });
}

/** Replaces each cached script by another. @returns how many */
function damageScripts(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let damaged = 0;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!request.url.endsWith('.js')) continue;
        await cache.put(request, new Response('document.title = "ruined"', { headers: { 'content-type': 'text/javascript' } }));
        damaged += 1;
      }
    }
    return damaged;
  });
}

function hashOf(file: string): string {
  return createHash('sha256')
    .update(readFileSync(`dist/${file}`))
    .digest('hex');
}

test('replaces damaged copies, opens while the server fails in any way, and announces a newer build', async ({ page }) => {
  test.slow();
  const server = await startFickleServer(STOPPABLE_PORT);
  const banner = page.getByRole('banner');
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  try {
    await page.goto(server.url);
    await expect(banner).toBeVisible();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    const kept = await keptScripts(page);
    expect(Object.keys(kept).length).toBeGreaterThan(5);

    await test.step('damaged copies are not run, and are replaced on request', async () => {
      expect(await damageScripts(page)).toBe(Object.keys(kept).length);
      await page.reload();
      await expect(banner).toBeVisible();
      const healed = async () => Object.entries(await keptScripts(page)).filter(([file, hash]) => hash === kept[file]);
      // Scripts of the first load.
      await expect.poll(async () => (await healed()).length).toBeGreaterThan(1);
      for (const [file, hash] of await healed()) expect(hash).toBe(hashOf(file));
      expect(await page.title()).not.toBe('ruined');
    });

    for (const manner of ['broken', 'pages', 'silent'] satisfies Manner[]) {
      await test.step(`a server that is ${manner}`, async () => {
        server.behave(manner);
        await page.goto('about:blank');
        await page.goto(server.url);
        await expect(banner).toBeVisible();
        await expect(page.getByText('Sign in')).toBeHidden();
        server.behave('well');
      });
    }

    await test.step('a newer build is announced, and used after a reload', async () => {
      const newer = (file: string): string => file.replace(/^(assets\/.*)(\.js)$/, '$1-newer$2');
      server.fileOf = (file) => file.replace('-newer.js', '.js');
      server.change = (file, bytes) => {
        if (file === 'serviceWorker.js')
          return Buffer.from(
            bytes
              .toString()
              .replace(/"version":"(\w+)"/, '"version":"newer"')
              .replace(/"(assets\/[^"]*\.js)":/g, (_, script: string) => `"${newer(script)}":`),
          );
        return bytes;
      };
      const notice = page.getByRole('status', { name: 'New version' });
      await expect(notice).toBeHidden();
      await page.evaluate(async () => {
        await (await navigator.serviceWorker.getRegistration())!.update();
      });
      await expect(notice).toContainText('A new version of this page is here.', { timeout: 60_000 });
      await expect(notice.getByRole('button', { name: 'Reload' })).toBeEnabled();
    });
    expect(complaints).toEqual([]);
  } finally {
    await server.close();
  }
});
