import { useState } from 'react';
import type { Failure } from '../../runtime/failure';
import { CopyButton } from '../controls/CopyButton';
import { useSession } from '../state/SessionContext';
import styles from './Notices.module.css';

/**
 * Why nothing can be trained here, what to do in each browser, and what still works.
 * @param late shown after the page has been drawn: it overlays the page, and moves nothing, until the user docks it
 */
export function NoWebGpu({ failure, late }: { readonly failure: Failure; readonly late: boolean }) {
  const [floating, setFloating] = useState(late);
  const where = isPhone() ? <Phones /> : <Computers />;
  const session = useSession();
  const advice = (
    <>
      <p>{failure.advice}</p>
      {!isSecureContext && <p>This page was not opened over HTTPS or from localhost; browsers offer WebGPU only there.</p>}
      {floating ? (
        <details>
          <summary>Where WebGPU works</summary>
          {where}
        </details>
      ) : (
        where
      )}
      <p className={styles.actions}>
        <button type="button" onClick={session.probe}>
          Check again
        </button>
        {floating && (
          <button
            type="button"
            onClick={() => {
              setFloating(false);
            }}
          >
            Move to the top of the page
          </button>
        )}
        <CopyButton label="Copy details" text={`${failure.message}\n${failure.detail}\n${navigator.userAgent}`} />
      </p>
    </>
  );
  return (
    <section className={styles.notice} role="alert" data-floating={floating ? '' : undefined}>
      {floating && isNarrow() ? (
        // One line, so that the page's content can be read.
        <details>
          <summary>
            <h2>{failure.message}</h2>
          </summary>
          {advice}
        </details>
      ) : (
        <>
          <h2>{failure.message}</h2>
          {advice}
        </>
      )}
    </section>
  );
}

/** Narrow enough for the notice to cover most of what is in view. */
function isNarrow(): boolean {
  return matchMedia('(max-width: 700px)').matches;
}

/** A handheld touch device, where flags of desktop browsers do not help. */
function isPhone(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}

function Phones() {
  return (
    <dl>
      <dt>Android</dt>
      <dd>Chrome 121 or later on Android 12 or later, with a Qualcomm or ARM GPU. Firefox has no WebGPU there yet.</dd>
      <dt>iPhone, iPad</dt>
      <dd>iOS or iPadOS 26 or later, in any browser.</dd>
      <dt>Otherwise</dt>
      <dd>Open this page on a computer: “Share” copies a link with your recipe.</dd>
    </dl>
  );
}

function Computers() {
  return (
    <dl>
      <dt>Chrome, Edge</dt>
      <dd>
        Version 113 or later. On Linux also set <code>chrome://flags/#enable-unsafe-webgpu</code> and{' '}
        <code>chrome://flags/#enable-vulkan</code>; see <code>chrome://gpu</code> for what blocks it.
      </dd>
      <dt>Firefox</dt>
      <dd>
        Version 141 or later on Windows, 145 on macOS; elsewhere Nightly with <code>dom.webgpu.enabled</code> in{' '}
        <code>about:config</code>.
      </dd>
      <dt>Safari</dt>
      <dd>Version 26 or later.</dd>
      <dt>No GPU</dt>
      <dd>
        Chrome can compute on the CPU: start it with <code>--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader</code>.
      </dd>
    </dl>
  );
}
