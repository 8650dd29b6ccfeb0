import assert from "node:assert/strict";
import { Database } from "../../../server/data/database";
import { SealedSecrets } from "../../../server/secrets/sealed";
import { ClusterTokens } from "../../../server/terraman/cluster-tokens";

const HOUR = 3_600_000;
const [MADE, REGISTERED] = ["3f2b7c1e-0000-4000-8000-000000000001", "3f2b7c1e-0000-4000-8000-000000000002"];

describe("Tokens of clusters", () => {
  it("stand where K-PaaS's programs look for them, are made anew before they end, and are no cluster's that was registered", async () => {
    const database = await Database.open("memory");
    const common = { type: "sub", provider: "OPENSTACK", description: "", status: "A", sshKey: "", account: null } as const;
    const rows = [
      { ...common, id: MADE, name: "seoul", environment: "seoul", apiUrl: null },
      { ...common, id: REGISTERED, name: "kt", environment: null, apiUrl: "https://kt.example.org:6443" },
    ];
    await database.query.insertInto("clusters").values(rows).execute();
    const secrets = new SealedSecrets(database, Buffer.alloc(32, 7));
    const asked: string[] = [];
    const warned: string[] = [];
    let [now, isUp] = [Date.parse("2026-03-01T00:00:00Z"), false];
    const tokens = new ClusterTokens({
      ...{ database, secrets },
      log: { event: () => undefined, failure: () => undefined, warn: (event) => warned.push(event) },
      command: async (words, environment) => {
        asked.push([...words, environment].join(" "));
        if (!isUp) return { code: 1, printed: "" };
        const token = ["e30", Buffer.from(JSON.stringify({ exp: (now + 24 * HOUR) / 1_000 })).toString("base64url"), "s"].join(".");
        const kubeconfig = { clusters: [{ cluster: { server: "https://10.20.0.2:6443" } }], users: [{ user: { token } }] };
        return { code: 0, printed: JSON.stringify(kubeconfig) };
      },
    });
    const askedAfter = async (hours: number) => {
      now += hours * HOUR;
      await tokens.renew(now);
      return asked.length;
    };
    assert.equal(await askedAfter(0), 1);
    assert.deepEqual([warned, await secrets.read(`secret/cluster/${MADE}`)], [["no token of a cluster"], undefined]);
    isUp = true;
    assert.equal(await askedAfter(0.1), 1, "not at once");
    assert.equal(await askedAfter(0.2), 2);
    const kept = await secrets.read(`secret/cluster/${MADE}`);
    assert.deepEqual([kept?.clusterId, kept?.clusterApiUrl], [MADE, "https://10.20.0.2:6443"]);
    assert.deepEqual(Object.keys(kept ?? {}), ["clusterId", "clusterApiUrl", "clusterToken"]);
    assert.equal(await askedAfter(15), 2, "more than a third of its time is left");
    assert.equal(await askedAfter(1.1), 3);
    assert.notEqual((await secrets.read(`secret/cluster/${MADE}`))?.clusterToken, kept?.clusterToken);
    assert.deepEqual([...new Set(asked)], ["kubeconfig seoul --token --ttl 24h --json seoul"]);
    assert.equal(await secrets.read(`secret/cluster/${REGISTERED}`), undefined);
    await database.close();
  });

  it("of many clusters are made a few at a time, and one that hangs or fails holds no other up", async () => {
    const database = await Database.open("memory");
    const common = { type: "sub", provider: "OPENSTACK", description: "", status: "A", sshKey: "", account: null, apiUrl: null } as const;
    const names = Array.from({ length: 200 }, (_, index) => `e${index}`);
    await database.query
      .insertInto("clusters")
      .values(
        names.map((name, index) => ({
          ...common,
          id: `3f2b7c1e-0000-4000-8000-${String(index).padStart(12, "0")}`,
          name,
          environment: name,
        })),
      )
      .execute();
    const now = Date.parse("2026-03-01T00:00:00Z");
    const token = ["e30", Buffer.from(JSON.stringify({ exp: (now + 24 * HOUR) / 1_000 })).toString("base64url"), "s"].join(".");
    const kubeconfig = { clusters: [{ cluster: { server: "https://10.20.0.2:6443" } }], users: [{ user: { token } }] };
    const sealed = new SealedSecrets(database, Buffer.alloc(32, 7));
    const failures: string[] = [];
    let [under, most, answer] = [0, 0, (): void => undefined];
    const made = new Set<string>();
    const hangs = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const tokens = new ClusterTokens({
      database,
      secrets: {
        read: (path) => sealed.read(path),
        write: async (path, secret) => {
          if (path.endsWith("000000000007")) throw new Error("the vault is sealed");
          await sealed.write(path, secret);
        },
      },
      log: { event: () => undefined, warn: () => undefined, failure: (id) => void failures.push(id) },
      command: async (_, environment) => {
        most = Math.max(most, ++under);
        if (environment === "e0") await hangs;
        else await new Promise(setImmediate);
        under -= 1;
        made.add(environment);
        if (made.size === names.length - 1) answer();
        return { code: 0, printed: JSON.stringify(kubeconfig) };
      },
    });
    await tokens.renew(now);
    assert.deepEqual([made.size, most], [200, 4]);
    assert.equal([...made].at(-1), "e0", "all others had theirs before it has answered");
    assert.deepEqual(failures, ["3f2b7c1e-0000-4000-8000-000000000007"]);
    await database.close();
  });
});
