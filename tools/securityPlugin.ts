/**
 * What the built page may do, as a Content-Security-Policy: in a meta tag, so that it holds on any static
 * host, and as headers.
 */
import type { Plugin } from 'vite';

/** The policy of the page. Workers take theirs from the headers of their scripts. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  // ONNX Runtime is WebAssembly.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'img-src': "'self' data: blob:",
  'style-src': "'self'",
  // The user chooses the hub from which models come.
  'connect-src': "'self' https: http://localhost:* http://127.0.0.1:*",
  'require-trusted-types-for': "'script'",
  // `page/ui/ownScripts.ts`.
  'trusted-types': 'default',
};

/** Directives that have an effect only in headers. */
const IN_HEADERS: Readonly<Record<string, string>> = { 'frame-ancestors': "'self'" };

function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** What a server should send with every file; `npm start` does. docs/hosting.md has them for common hosts. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy({ ...DIRECTIVES, ...IN_HEADERS }),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Adds the policy to the built page, but not in development, where Vite needs scripts of its own. */
export function securityPlugin(): Plugin {
  return {
    name: 'karma-security',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy(DIRECTIVES) },
        injectTo: 'head-prepend',
      },
    ],
  };
}
