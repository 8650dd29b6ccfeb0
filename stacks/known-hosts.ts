import { join } from "node:path";
import { appendLine, readIfThere } from "../host/files";

/** Where the keys are kept that an environment's machines have shown. */
export function knownHostsFile(root: string, environment: string): string {
  return join(root, ".kpaas", "known_hosts", environment);
}

/** What a machine's key turned out to be. */
export type KeyVerdict = "known" | "new" | "changed";

/**
 * The keys an environment's machines have shown, in OpenSSH's own file format, so that `ssh` and the tunnel go by the same record. A line
 * names the machine, not its address: addresses are given again, and a machine that is built anew has another name.
 */
export class KnownHosts {
  constructor(readonly file: string) {}

  /** The types of the keys recorded for these machines: those the server should be asked for. */
  types(names: readonly string[]): string[] {
    return [...new Set(this.entries(names).map((entry) => entry.type))];
  }

  /**
   * Judges the key a machine shows, and records it at first contact. Several names stand for a machine and its successor during a
   * rebuild: the key may be either's.
   */
  judge(names: readonly string[], key: Buffer): KeyVerdict {
    const recorded = this.entries(names);
    const text = key.toString("base64");
    if (recorded.some((entry) => entry.key === text)) return "known";
    const unmet = names.find((name) => !recorded.some((entry) => entry.name === name));
    if (unmet === undefined) return "changed";
    appendLine(this.file, `${unmet} ${keyType(key)} ${text}`);
    return "new";
  }

  private entries(names: readonly string[]): { readonly name: string; readonly type: string; readonly key: string }[] {
    return (readIfThere(this.file) ?? "").split("\n").flatMap((line) => {
      const [hosts = "", type, key] = line.trim().split(/\s+/);
      const name = hosts.split(",").find((host) => names.includes(host));
      return name === undefined || type === undefined || key === undefined ? [] : [{ name, type, key }];
    });
  }
}

/** The type a public key in SSH's wire format begins with. */
function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}
