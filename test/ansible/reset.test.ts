import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { temporaryFolders } from "../support/temporary";

const PLAYBOOK = join(__dirname, "..", "..", "..", "ansible", "playbooks", "reset-ours.yml");

interface Task {
  readonly name: string;
  readonly "ansible.builtin.shell"?: { readonly cmd: string };
}

/** Processes of a host that was reset, by their ids: none there is anywhere. */
const PROCESSES = {
  400000001: "/usr/local/bin/containerd-shim-runc-v2 -namespace k8s.io -id a -address /run/containerd/containerd.sock",
  400000002:
    "/usr/libexec/crio/conmon -b /run/containers/storage/overlay-containers/a/userdata -c a --exit-dir /var/run/crio/exits -l /var/log/pods/a",
  // Not the cluster's.
  400000003: "/usr/bin/containerd-shim-runc-v2 -namespace moby -id b -address /run/containerd/containerd.sock",
  400000004: "/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id c -address /run/k3s/containerd/containerd.sock",
  400000005: "/usr/bin/conmon --api-version 1 -c d --exit-dir /run/libpod/exits --full-attach",
};

describe("what is left on a host that was reset", () => {
  const folder = temporaryFolders();
  const [play] = parse(readFileSync(PLAYBOOK, "utf8")) as readonly [{ readonly tasks: readonly Task[] }];

  /** A task's script on a host in a folder, with programs of its own. */
  function run(name: string, programs: Readonly<Record<string, string>>, files: readonly string[] = []): string[] {
    const root = folder();
    for (const file of files.map((each) => join(root, each))) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");
    }
    mkdirSync(join(root, "bin"));
    for (const [program, body] of Object.entries({ pkill: "exit 1", nft: "", ip: "", systemctl: "exit 3", ...programs })) {
      writeFileSync(join(root, "bin", program), `#!/bin/sh\n${body}\n`);
      chmodSync(join(root, "bin", program), 0o755);
    }
    const cmd = play.tasks.find((task) => task.name === name)?.["ansible.builtin.shell"]?.cmd ?? "";
    assert.notEqual(cmd, "", name);
    const here = cmd.replaceAll("{{ bin }}", "/usr/local/bin").replaceAll(/(?<=[ (])\/(?=(?:etc|usr|opt|var|root)\/)/g, `${root}/`);
    const { stdout } = spawnSync("bash", ["-c", here], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${root}/bin:${process.env.PATH}` },
    });
    return stdout.replaceAll(root, "").split("\n").filter(Boolean);
  }

  const lines = Object.entries(PROCESSES).map(([id, line]) => `${id} ${line}`);
  const pgrep = [
    "for pattern; do :; done",
    'while read -r id line; do if echo "$line" | grep -Eq -- "$pattern"; then echo "$id"; fi; done <<LINES',
    ...lines,
    "LINES",
  ].join("\n");

  it("are no processes of its pods, by whichever runtime they ran, and all those of others", () => {
    assert.deepEqual(run("End what is left of its pods", { pgrep }), ["400000001", "400000002"]);
    assert.deepEqual(run("End what is left of its pods", { pgrep }, ["var/lib/kubelet/config.yaml"]), []);
  });

  it("is named, CRI-O's service and files among it", () => {
    const files = ["etc/crio/crio.conf", "var/lib/containers/storage/x", "usr/local/bin/crio", "usr/libexec/crio/conmon", "opt/cni/bin/x"];
    assert.deepEqual(run("Look at what kubespray leaves", { systemctl: "echo active" }, files), [
      "/etc/crio",
      "/opt/cni",
      "/usr/libexec/crio",
      "/usr/local/bin/crio",
      "/var/lib/containers",
      "service: crio runs",
    ]);
    assert.deepEqual(run("Look at what kubespray leaves", {}), []);
  });
});
