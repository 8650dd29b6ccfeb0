import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Findings } from "../model/problems";

/** More than any file written by hand has; what is larger was named by mistake. */
const largest = 1_048_576;

/** Reads a text file of sane size; what is wrong with it becomes a finding at the given path. Pipes and devices are never opened. */
export function readTextFile(file: string, path: string, findings: Findings): string | undefined {
  const refuse = (reason: string, remedy: string): undefined => {
    findings.error(path, `${basename(file)} ${reason}`, remedy);
  };
  try {
    const found = statSync(file);
    if (found.isDirectory()) return refuse("is a folder", "give a file");
    if (!found.isFile()) return refuse("is no regular file", "give a file: neither a pipe nor a device");
    if (found.size > largest)
      return refuse(`has ${found.size} bytes; at most ${largest} are read`, "see that it is the file that was meant");
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EACCES") return refuse("may not be read", "change its permissions");
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return refuse("is no UTF-8 text", "save it as UTF-8");
    return refuse("cannot be read", "see that the file is there and whole");
  }
}
