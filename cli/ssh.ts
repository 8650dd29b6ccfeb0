import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { OperationFailedError } from "../engine/errors";
import { PRIVATE, writeWhole } from "../host/files";
import type { Login } from "../stacks/login";
import type { Context } from "./context";
import { sshConfig } from "./ssh-config";

/**
 * Runs the machine's own `ssh` towards a machine and gives its exit code. The key is in a file of this user's only, and only while it runs.
 * @throws OperationFailedError where there is no `ssh`.
 */
export async function runSsh(
  context: Context,
  login: Login,
  knownHostsFile: string,
  key: string,
  command: readonly string[],
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kpaas-ssh-"));
  // The terminal sends an interrupt to ssh as well, and what becomes of it is for the other side to say.
  const leaveToSsh = (): void => undefined;
  process.on("SIGINT", leaveToSsh).on("SIGTERM", leaveToSsh);
  try {
    const keyFile = join(folder, "key");
    const config = join(folder, "config");
    writeWhole(keyFile, `${login.privateKey.trimEnd()}\n`, { mode: PRIVATE });
    writeWhole(config, sshConfig({ login, keyFile, knownHostsFile }), { mode: PRIVATE });
    mkdirSync(dirname(knownHostsFile), { recursive: true });
    return await ended(context, ["-F", config, key, ...(command.length > 0 ? ["--", ...command] : [])]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    process.off("SIGINT", leaveToSsh).off("SIGTERM", leaveToSsh);
  }
}

function ended(context: Context, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("ssh", args, { env: { ...context.env }, stdio: "inherit" });
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT" ? new OperationFailedError("there is no `ssh` on PATH: install OpenSSH's client", { cause: error }) : error,
      ),
    );
    // 255 is what ssh itself ends with when it fails, a signal included.
    child.once("close", (code) => resolve(code ?? 255));
  });
}
