// A browser in plain words, for its owner to tell one session from another. It says so itself, so nothing is decided by it.
import { parse } from 'bowser';

export type BrowserName = {
  /** « Firefox ». */
  name?: string;
  /** « Windows », « iPhone ». */
  system?: string;
};

const LONGEST = 512;
const LONGEST_WORD = 30;
const MOST_KNOWN = 1000;
const known = new Map<string, BrowserName>();

/** @param userAgent the header as it came; what nothing is known of stays out of the answer */
export function toBrowserName(userAgent: string): BrowserName {
  const header = userAgent.slice(0, LONGEST);
  const before = known.get(header);
  if (before) return before;
  const browser = describe(header);
  // Sessions are written thousands of times for a few hundred headers.
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(header, browser);
  return browser;
}

function describe(header: string): BrowserName {
  if (header === '') return {};
  const { browser, os, platform } = parse(header);
  // Without a system it is no browser of a person, and its name whatever the header begins with.
  if (!os.name) return {};
  const name = toWord(browser.name);
  const system = toWord(os.name === 'iOS' && platform.model ? platform.model : os.name);
  return { ...(name && { name }), ...(system && { system }) };
}

/** A name, not a message: a browser that is not known names itself. */
function toWord(text: string | undefined): string | undefined {
  return text && text.length <= LONGEST_WORD && /^[\p{L}\p{N}][\p{L}\p{N} .+-]*$/u.test(text)
    ? text
    : undefined;
}
