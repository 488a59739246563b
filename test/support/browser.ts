// The browser of every test that needs one: CHROMIUM_PATH, the system's, or the one that @sparticuz/chromium carries.
// Called by the stories, by the accessibility test and by page-gallery.ts; the caller closes it.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';

// No sandbox: containers and CI run as root. The rest keeps the browser from talking to anyone but the page under test.
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

const SYSTEM_CHROMIUM = '/usr/bin/chromium';
const LIBRARY_FOLDERS = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/usr/lib',
];
const STALE_LOCK_MS = 120_000;

export async function launchBrowser(): Promise<Browser> {
  const installed = process.env.CHROMIUM_PATH ?? (existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : undefined);
  if (installed) return chromium.launch({ executablePath: installed, args: ARGS });

  const { executablePath, env } = await unpackChromium();
  return chromium.launch({ executablePath, args: ARGS, env });
}

type Unpacked = { executablePath: string; env?: Record<string, string> };

/** The package unpacks into the temporary folder, a matter of seconds; only one process at a time may do it. */
async function unpackChromium(): Promise<Unpacked> {
  const lock = join(tmpdir(), 'esante-idp-chromium.lock');
  await takeLock(lock);
  try {
    const bundle = hasNss() ? undefined : join(tmpdir(), 'al2023');
    // The package unpacks its libraries only where it believes to run on Lambda, and only together with the browser.
    if (bundle) process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs24.x';
    if (bundle && !existsSync(bundle)) rmSync(join(tmpdir(), 'chromium'), { force: true });
    const { default: packaged } = await import('@sparticuz/chromium');
    const executablePath = await packaged.executablePath();
    if (!bundle) return { executablePath };
    const env = { ...process.env, LD_LIBRARY_PATH: join(bundle, 'lib') } as Record<string, string>;
    return { executablePath, env };
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function takeLock(lock: string): Promise<void> {
  for (;;) {
    try {
      return mkdirSync(lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > STALE_LOCK_MS) {
      // Its owner was killed and may have left half a browser behind.
      rmSync(join(tmpdir(), 'chromium'), { force: true });
      rmSync(lock, { recursive: true, force: true });
    }
    await sleep(200);
  }
}

function hasNss(): boolean {
  return LIBRARY_FOLDERS.some((folder) => existsSync(folder) && readdirSync(folder).includes('libnss3.so'));
}
