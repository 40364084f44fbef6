/**
 * Trusted Types, in browsers that have them: with the built page's Content-Security-Policy, no script is
 * created from text or from another site's URL.
 */

interface TrustedTypes {
  createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string }): unknown;
}

/** Allows workers only from the page's own folder. Call once, before the first of them. */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const folder = new URL('.', document.baseURI).href;
  // The policy `default` applies wherever no other is used.
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      if (new URL(url, document.baseURI).href.startsWith(folder)) return url;
      throw new TypeError(`A script from ${url} is not part of this page.`);
    },
  });
}
