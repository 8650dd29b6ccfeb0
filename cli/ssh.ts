import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { OperationFailedError } from "../engine/errors";
import { makeFolder, PRIVATE, PRIVATE_FOLDER, writeWhole } from "../host/files";
import { withTemporaryFolder } from "../host/temporary";
import type { Login } from "../reach/login";
import { sshConfig } from "../reach/ssh-config";
import type { Context } from "./context";
import { ENDING } from "./signals";
import { sshHosts } from "./ssh-config";

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
  return await withTemporaryFolder("ssh", async (folder) => {
    const { user, privateKey, agent } = login;
    const keyFile = privateKey === undefined ? undefined : join(folder, "key");
    const config = join(folder, "config");
    if (keyFile !== undefined) writeWhole(keyFile, `${privateKey?.trimEnd()}\n`, { mode: PRIVATE, durable: false });
    const keys = { ...(keyFile === undefined ? {} : { keyFile }), ...(agent === undefined ? {} : { agent }) };
    writeWhole(config, sshConfig(sshHosts(login), { user, ...keys, knownHostsFile }), { mode: PRIVATE, durable: false });
    makeFolder(dirname(knownHostsFile), PRIVATE_FOLDER);
    return await ended(context, ["-F", config, key, ...(command.length > 0 ? ["--", ...command] : [])]);
  });
}

function ended(context: Context, args: readonly string[]): Promise<number> {
  const child = spawn("ssh", args, { env: { ...context.env }, stdio: "inherit" });
  // The terminal sends an interrupt to ssh as well, and what becomes of it is for the other side to say. Anything else may have been sent
  // to this process alone.
  const onSignal = (signal: NodeJS.Signals): void => void (signal === "SIGINT" || child.kill(signal));
  for (const signal of ENDING) process.on(signal, onSignal);
  return new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT" ? new OperationFailedError("there is no `ssh` on PATH: install OpenSSH's client", { cause: error }) : error,
      ),
    );
    // 255 is what ssh itself ends with when it fails, a signal included.
    child.once("close", (code) => resolve(code ?? 255));
  }).finally(() => {
    for (const signal of ENDING) process.off(signal, onSignal);
  });
}
