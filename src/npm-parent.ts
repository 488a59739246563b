// npm passes a signal on to its shell only, which then leaves the process behind with its ports and its data folder: whoever was started
// by `npm run` looks whether its shell is still there. Used by main.ts and the demo.

const CHECK_MS = 250;

/** Calls back once, when the shell of npm is gone; never when the process was started otherwise. */
export function whenLeftByNpm(onLeft: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    onLeft();
  }, CHECK_MS).unref();
}
