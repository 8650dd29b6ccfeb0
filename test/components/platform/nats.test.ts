import assert from "node:assert/strict";
import { serverConfig } from "../../../components/platform/nats/config";
import { type Bag, unwrapSecret } from "../../../testing/mocks";
import { nats, run } from "./builds";
import { at, ofKind } from "./fixtures";

describe("NATS", () => {
  const config = async (build = nats()) => {
    const { stringData } = (await run(build)).get("messages-config").inputs;
    return JSON.parse(String(at(unwrapSecret(stringData), "nats.json"))) as Bag;
  };

  it("has an account for each client, with a generated password and nothing of the others'", async () => {
    const { accounts, tls, cluster, ...rest } = await config(nats({}, { federation: "a", portal: "b" }));
    assert.deepEqual(
      Object.entries(accounts as Bag).map(([name, account]) => [name, at(account, "users")]),
      ["admin", "federation", "portal"].map((user) => [user, [{ user, password: `generated-messages-${user}-password` }]]),
    );
    assert.deepEqual(tls, { cert_file: "/etc/nats-tls/tls.crt", key_file: "/etc/nats-tls/tls.key", min_version: "1.2" });
    assert.equal(cluster, undefined);
    assert.equal(rest.http_port, undefined);
  });

  it("is open to the namespaces of its clients, and without any to nobody", async () => {
    const peers = async (clients: Record<string, string>) => {
      const [policy] = ofKind(await run(nats({}, clients)), "networking.k8s.io/v1:NetworkPolicy").filter(({ name }) =>
        /clients$/.test(name),
      );
      return at(policy?.inputs, "spec", "ingress", 0, "from") as Bag[];
    };
    assert.deepEqual(
      (await peers({ a: "one", b: "two", c: "one" })).map((peer) =>
        at(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"),
      ),
      ["one", "two"],
    );
    assert.deepEqual(
      (await peers({})).map((peer) => at(peer, "podSelector", "matchLabels", "app.kubernetes.io/name")),
      ["nats"],
    );
  });

  it("has three members that know each other by name, with a claim each, and refuses two", async () => {
    const { cluster } = await config(nats({ replicas: 3 }));
    const routes = at(cluster, "routes") as string[];
    assert.deepEqual(
      routes.map((route) => new URL(route).host),
      [0, 1, 2].map((member) => `nats-${member}.nats-headless.nats.svc:6222`),
    );
    const claims = ofKind(await run(nats({ replicas: 3 })), "core/v1:PersistentVolumeClaim");
    assert.deepEqual(
      claims.map(({ inputs, options }) => [at(inputs, "metadata", "name"), options.protect]),
      [0, 1, 2].map((member) => [`data-nats-${member}`, true]),
    );
    await assert.rejects(run(nats({ replicas: 2 })), /make it 1, 3 or 5/);
  });

  it("leaves a tenth of its volume free", () => {
    const { jetstream } = JSON.parse(serverConfig({ members: [], sizeGiB: 10, passwords: {}, memberPassword: "" })) as { jetstream: Bag };
    assert.equal(jetstream.max_file, 9 * 2 ** 30);
  });
});
