import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The path of a browser that pages can be looked at by; undefined where there is none, which the test says as it skips itself. */
export function browserForTests(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env.PATH ?? "").split(delimiter);
  const found = env.KPAAS_BROWSER ?? folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
  if (found === undefined)
    console.error("SKIPPED: there is no browser to look at pages by; install Debian's `chromium`, or name one in KPAAS_BROWSER");
  return found;
}
