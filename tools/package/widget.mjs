// The page's figures as one ES module with anywidget's interface, a part of the npm package.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { root, withModule } from '../viteRunner.mjs';

/** The text of the one script that Vite makes of a module; its styles are in it. */
async function oneScript(entry, plugins, format, define = {}) {
  const { output } = await build({
    ...{ root, configFile: false, logLevel: 'error', publicDir: false, base: './' },
    plugins,
    define: { 'process.env.NODE_ENV': '"production"', ...define },
    build: {
      write: false,
      target: 'es2023',
      assetsInlineLimit: Infinity,
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: {
        input: path.join(root, entry),
        preserveEntrySignatures: 'strict',
        output: { format, codeSplitting: false },
      },
    },
  });
  const scripts = output.filter(({ type }) => type === 'chunk');
  if (scripts.length !== 1) throw new Error(`${entry} became ${scripts.map(({ fileName }) => fileName).join(', ')}.`);
  const styles = output.filter(({ fileName }) => fileName.endsWith('.css')).map(({ source }) => source);
  return { code: scripts[0].code, styles: styles.join('\n') };
}

/** Writes the widget's module. */
export async function buildWidget(file) {
  const messages = await withModule('/tools/messages/messagesPlugin.ts', ({ messagesPlugin }) => messagesPlugin);
  const { code, styles } = await oneScript('src/widgetFrame.tsx', [react(), messages()], 'iife');
  const styled = `document.head.append(Object.assign(document.createElement('style'), { textContent: ${JSON.stringify(styles)} }));${code}`;
  // What would end the script that it stands in is written otherwise.
  const frame = JSON.stringify(styled.replaceAll('</script', '<\\/script'));
  const widget = await oneScript('src/widget.ts', [], 'es', { KARMA_FRAME: frame });
  writeFileSync(file, widget.code);
}
