/** Trusted Types, in browsers that have them: with the built page's Content-Security-Policy no script is made from a text or from another's address. */

interface TrustedTypes {
  createPolicy(name: string, rules: { readonly createScriptURL: (url: string) => string }): unknown;
}

/** Lets workers be started from the page's own folder, and from nowhere else. Called once, before the first of them. */
export function allowOwnScripts(): void {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const folder = new URL('.', document.baseURI).href;
  // The policy `default` is asked for whatever has no other.
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      if (new URL(url, document.baseURI).href.startsWith(folder)) return url;
      throw new TypeError(`A script from ${url} is not part of this page.`);
    },
  });
}
