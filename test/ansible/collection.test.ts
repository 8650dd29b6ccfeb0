import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { playbooks } from "../../model/cluster/playbooks";
import { nodeUserData, podFilter } from "../../model/plan/user-data";

const COLLECTION = join(__dirname, "..", "..", "..", "ansible");
const read = (...path: string[]): string => readFileSync(join(COLLECTION, ...path), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(join(COLLECTION, folder), { recursive: true, encoding: "utf8", withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
const ours = Object.entries(playbooks).flatMap(([name, facts]) => (facts.of === "ours" ? [[name, facts] as const] : []));

/** The text of a playbook with the tasks of every role it names, and of those they name. */
function everythingOf(name: string): string {
  const seen = new Set<string>();
  const follow = (text: string): string => {
    const roles = [...text.matchAll(/^\s*(?:-|name:) ([a-z_]+)$/gm)]
      .map(([, role = ""]) => role)
      .filter((role) => ROLES.includes(role) && !seen.has(role));
    for (const role of roles) seen.add(role);
    return (
      text +
      roles
        .map((role) =>
          follow(
            filesIn(join("roles", role))
              .map((file) => readFileSync(file, "utf8"))
              .join("\n"),
          ),
        )
        .join("\n")
    );
  };
  return follow(read("playbooks", `${name}.yml`));
}
const ROLES = readdirSync(join(COLLECTION, "roles"));

/** Variables that a playbook need not read: what they say is done by who gives the others. */
const INFORMATION = ["also_nodes"];

/** What a reset leaves of ours on hosts, with the reason. */
const STAYING: Readonly<Record<string, string>> = {
  "/var/lib/kpaas": "other clusters' marks may be there",
  "/var/backups/kpaas-etcd": "backups",
  "/var/lib/etcd.kpaas-before": "what a restore has put aside; it is named at the end",
  "/etc/exports.d/kpaas.exports": "data are served on",
  "/etc/nfs.conf.d/kpaas.conf": "data are served on",
  "/etc/systemd/system/nfs-server.service.d/kpaas.conf": "data are served on",
};

describe("our collection", () => {
  it("has every playbook that a step can run, and reads each of its variables", () => {
    const missing = ours.flatMap(([name, { variables }]) => {
      const text = everythingOf(name);
      return Object.keys(variables).flatMap((variable) =>
        INFORMATION.includes(variable) || new RegExp(`\\b${variable}\\b`).test(text) ? [] : [`${name}: ${variable}`],
      );
    });
    assert.deepEqual(missing, []);
  });

  it("needs nothing but Ansible itself", () => {
    const modules = new Set<string>();
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(visit);
      else if (typeof value === "object" && value !== null)
        for (const [key, member] of Object.entries(value)) {
          if ("name" in value && /^[a-z]+\.[a-z]+\.[a-z_]+$/.test(key)) modules.add(key);
          visit(member);
        }
    };
    for (const folder of ["playbooks", "roles"])
      for (const file of filesIn(folder).filter((each) => each.endsWith(".yml"))) visit(parse(readFileSync(file, "utf8")));
    assert.ok(modules.size > 10);
    assert.deepEqual(
      [...modules].filter((name) => !name.startsWith("ansible.builtin.")),
      [],
    );
  });

  it("never empties the rule set, nor touches the distribution's service for it", () => {
    for (const file of [...filesIn("roles"), ...filesIn("playbooks")]) {
      const text = readFileSync(file, "utf8").replace(/^\s*#.*$/gm, "");
      assert.doesNotMatch(text, /flush ruleset|name: nftables\.service|systemctl (stop|start|enable|disable)[^\n]* nftables/, file);
    }
  });

  it("ends what runs on the old runtime before kubespray puts another one there", () => {
    const text = read("playbooks", "switch-runtime.yml").replace(/^\s*#.*$/gm, "");
    const order = ["tasks_from: drain", "name: kubelet.service", "rmp --all --force", 'name: "{{ from }}.service"', "import_playbook"];
    const places = order.map((each) => text.indexOf(each));
    assert.ok(!places.includes(-1), places.join());
    assert.deepEqual(
      [...places].sort((one, other) => one - other),
      places,
    );
  });

  it("loads the pods' table as a first boot does: in place of the one that is there", () => {
    const tasks = parse(read("roles", "hosts", "tasks", "pod-filter.yml")) as Readonly<Record<string, { content?: string } | undefined>>[];
    const { content = "" } = tasks.map((task) => task["ansible.builtin.copy"]).find((copy) => copy?.content !== undefined) ?? {};
    const [first] = nodeUserData({ packages: [], podCidr: "10.233.64.0/18" }).write_files as readonly { readonly content: string }[];
    assert.equal(content.replace("{{ kpaas_pod_filter | trim }}", podFilter("10.233.64.0/18").trim()), first?.content);
  });

  it("takes away on a reset what it has written on hosts, as far as it does not say why that stays", () => {
    const plain = (text: string): string => text.replace(/^\s*#.*$/gm, "");
    const pathsIn = (text: string): string[] =>
      [...plain(text).matchAll(/\/(?:etc|usr|var|root)\/[\w./@-]*kpaas[\w./@-]*/g)].map(([path]) => path);
    const written = new Set([...filesIn("roles"), ...filesIn("playbooks")].flatMap((file) => pathsIn(readFileSync(file, "utf8"))));
    assert.ok(written.size > 20);
    // With what its loops name, not what it looks for.
    const removed = [
      read("playbooks", "reset-ours.yml").split("- name: Look at what kubespray leaves")[0] ?? "",
      ...ROLES.flatMap((role) => filesIn(join("roles", role)).filter((file) => file.endsWith("remove.yml"))).map((file) =>
        readFileSync(file, "utf8"),
      ),
    ]
      .flatMap((text) => plain(text).split("\n"))
      .flatMap((line) => (/^\s*(?:- |loop: )/.test(line) && !/name:/.test(line) ? pathsIn(line) : []));
    const goes = (path: string): boolean => removed.some((each) => path === each || path.startsWith(`${each}/`));
    assert.deepEqual([...written].filter((path) => !goes(path) && !Object.hasOwn(STAYING, path)).sort(), []);
  });

  it("gives every setting of hardening a reason", () => {
    const rows = Object.values(
      parse(read("roles", "hardening", "vars", "main.yml")) as Record<string, { name: string; why: string }[]>,
    ).flat();
    assert.ok(rows.length > 15);
    assert.deepEqual(
      rows.filter(({ why }) => typeof why !== "string" || why.length < 15).map(({ name }) => name),
      [],
    );
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
  });
});
