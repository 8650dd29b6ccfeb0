import { join } from "node:path";
import { appendLine, readIfThere } from "../host/files";

/** Where the keys are kept that an environment's machines have shown. */
export function knownHostsFile(root: string, environment: string): string {
  return join(root, ".kpaas", "known_hosts", environment);
}

/**
 * What a machine's key turned out to be. `first`: the one it was made with, which it shows once; `unproven`: another than that, of a machine
 * whose own key is not recorded here.
 */
export type KeyVerdict = { readonly is: "known" | "changed" } | { readonly is: "new" | "first" | "unproven"; readonly name: string };

/** A line of a key that a machine has made and was not seen to use yet. */
const EXPECTED = "# expected";

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
   * Judges the key a machine shows, and records it at first contact, unless the machine was made with a key that it must show then. Several
   * names stand for a machine and its successor during a rebuild: the key may be either's.
   */
  judge(names: readonly string[], key: Buffer, firstKeys: Readonly<Record<string, string>> = {}): KeyVerdict {
    const recorded = this.entries(names);
    const shown = keyLine(key);
    if (recorded.some((entry) => `${entry.type} ${entry.key}` === shown)) return { is: "known" };
    const unmet = names.filter((name) => !recorded.some((entry) => entry.name === name));
    for (const name of unmet.filter((one) => one in firstKeys)) {
      if (shown === words(firstKeys[name])) return { is: "first", name };
      if (!this.expected(name).includes(shown)) continue;
      this.record(name, shown);
      return { is: "known" };
    }
    const name = unmet.find((one) => !(one in firstKeys)) ?? unmet[0];
    if (name === undefined) return { is: "changed" };
    if (name in firstKeys) return { is: "unproven", name };
    this.record(name, shown);
    return { is: "new", name };
  }

  /** Records the key, `TYPE BASE64`, a machine is known by from now on. */
  record(name: string, key: string): void {
    appendLine(this.file, `${name} ${key}`);
  }

  /** Remembers a key that a machine has made and does not show yet. */
  expect(name: string, key: string): void {
    if (!this.expected(name).includes(key)) appendLine(this.file, `${EXPECTED} ${name} ${key}`);
  }

  private expected(name: string): string[] {
    const start = `${EXPECTED} ${name} `;
    return (readIfThere(this.file) ?? "").split("\n").flatMap((line) => (line.startsWith(start) ? [words(line.slice(start.length))] : []));
  }

  private entries(names: readonly string[]): { readonly name: string; readonly type: string; readonly key: string }[] {
    return (readIfThere(this.file) ?? "").split("\n").flatMap((line) => {
      const [hosts = "", type, key] = line.trim().split(/\s+/);
      const name = hosts.split(",").find((host) => names.includes(host));
      return name === undefined || type === undefined || key === undefined ? [] : [{ name, type, key }];
    });
  }
}

/** Type and key of a public key's line, without its comment. */
function words(line = ""): string {
  return line.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** A public key in SSH's wire format as it stands in a file: `TYPE BASE64`. */
export function keyLine(key: Buffer): string {
  return `${keyType(key)} ${key.toString("base64")}`;
}

/** The type a public key in SSH's wire format begins with. */
function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}
