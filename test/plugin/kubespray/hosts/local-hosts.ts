import { spawn } from "node:child_process";
import { join } from "node:path";
import {
  type CommandOptions,
  type CommandResult,
  HostUnreachable,
  type RemoteHosts,
} from "../../../../plugin/kubespray/hosts/remote-hosts";

/** Hosts that are folders of this machine: their scripts run here, with `/host` standing for the folder. */
export class LocalHosts implements RemoteHosts {
  readonly silent = new Set<string>();

  constructor(private readonly root: string) {}

  /** What a host has at a place in its own tree. */
  path(node: string, place: string): string {
    return join(this.root, node, place);
  }

  run(node: string, script: string, options: CommandOptions = {}): Promise<CommandResult> {
    if (this.silent.has(node)) return Promise.reject(new HostUnreachable(node, "it is off"));
    return new Promise((resolve) => {
      // Nothing here has to outlast a loss of power.
      const local = `sync() { :; }\n${script.replaceAll("/host/", `${join(this.root, node)}/`)}`;
      const child = spawn("sh", ["-c", local], { stdio: ["pipe", "pipe", "pipe"] });
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (data) => (stdout += data));
      child.stderr.on("data", (data) => (stderr += data));
      child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
      child.stdin.on("error", () => undefined); // it need not read everything
      child.stdin.end(options.input ?? "");
    });
  }
}
