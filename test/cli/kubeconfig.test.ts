import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { mergeInto, mergeKubeconfigs } from "../../cli/kubeconfig";
import { InvalidInputError } from "../../model/problems";
import { command, PLAN } from "./fixture";

function kubeconfig(server: string, token: string): unknown {
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "admin@cluster.local",
    clusters: [{ name: "cluster.local", cluster: { server } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [
      { name: "other", context: { cluster: "cluster.local", user: "nobody" } },
      { name: "admin@cluster.local", context: { cluster: "cluster.local", user: "admin", namespace: "cp-portal" } },
    ],
  };
}

describe("merged kubeconfigs", () => {
  it("name cluster, user and context after the environment, so that equal names do not collide", () => {
    const merged = mergeKubeconfigs([
      { environment: "seoul", kubeconfig: kubeconfig("https://10.0.0.1:6443", "one") },
      { environment: "busan", kubeconfig: kubeconfig("https://10.1.0.1:6443", "two") },
    ]);
    assert.equal(merged["current-context"], "seoul");
    assert.deepEqual(merged.clusters, [
      { name: "seoul", cluster: { server: "https://10.0.0.1:6443" } },
      { name: "busan", cluster: { server: "https://10.1.0.1:6443" } },
    ]);
    assert.deepEqual(
      merged.users.map(({ name, user }) => [name, user]),
      [
        ["seoul", { token: "one" }],
        ["busan", { token: "two" }],
      ],
    );
    assert.deepEqual(merged.contexts[1], { name: "busan", context: { cluster: "busan", user: "busan", namespace: "cp-portal" } });
  });

  it("hold an environment once that is named twice", () => {
    const one = { environment: "seoul", kubeconfig: kubeconfig("https://10.0.0.1:6443", "one") };
    assert.equal(mergeKubeconfigs([one, one]).clusters.length, 1);
  });

  it("take the place of a fleet's own entries in a file, and of nobody else's", () => {
    const of = (...names: string[]) =>
      mergeKubeconfigs(names.map((environment) => ({ environment, kubeconfig: kubeconfig(`https://${environment}:6443`, environment) })));
    const mine = { ...of("home"), "current-context": "home", preferences: { colors: true } };
    const first = mergeInto(mine, of("seoul", "busan"), "korea");
    const second = mergeInto(first, of("seoul"), "korea");
    assert.deepEqual(
      [second.clusters, second.users, second.contexts].map((entries) => entries.map(({ name }) => name)),
      Array.from({ length: 3 }, () => ["home", "seoul"]),
    );
    assert.deepEqual([second["current-context"], second.preferences], ["home", { colors: true }]);
    assert.deepEqual(second.clusters[0], mine.clusters[0]);
    assert.equal(mergeInto(undefined, of("seoul"), "korea")["current-context"], "seoul");
    for (const others of [of("seoul"), mergeInto(undefined, of("seoul"), "japan")])
      assert.throws(
        () => mergeInto(others, of("seoul"), "korea"),
        (error) =>
          error instanceof InvalidInputError &&
          error.problems.map(({ path }) => path).join() === "--output.clusters.seoul,--output.users.seoul,--output.contexts.seoul" &&
          !JSON.stringify(error.problems).includes("https:"),
      );
    assert.throws(() => mergeInto("text", of("seoul"), "korea"), InvalidInputError);
  });

  it("refuse what is no kubeconfig, without showing it", () => {
    assert.throws(
      () => mergeKubeconfigs([{ environment: "seoul", kubeconfig: { clusters: "canary-token" } }]),
      (error) => error instanceof InvalidInputError && !error.message.includes("canary"),
    );
  });

  it("are printed as YAML, or written where only their owner can read them", async () => {
    const printed = await command(["kubeconfig", "seoul"]);
    assert.equal(parse(printed.stdout).clusters[0].name, "seoul");
    const folder = mkdtempSync(join(tmpdir(), "kpaas-cli-"));
    try {
      const file = join(folder, "config");
      writeFileSync(file, "old", { mode: 0o644 });
      const { code, stdout } = await command(["kubeconfig", "seoul", "--output", file]);
      assert.deepEqual([code, stdout], [0, ""]);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.equal(parse(readFileSync(file, "utf8")).users[0].user.token, "canary-token");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("tell how to reach a private cluster, which the sandbox has none of", async () => {
    const plan = { access: { ...PLAN.access, bastion: true, api: "bastion" as const } };
    const told = /seoul is private: keep `kpaas ssh seoul --forward` running/;
    assert.match((await command(["kubeconfig", "seoul"], { plan })).stderr, told);
    assert.doesNotMatch((await command(["kubeconfig", "seoul", "--sandbox"], { plan })).stderr, told);
    assert.doesNotMatch((await command(["kubeconfig", "seoul"])).stderr, told);
  });
});
