import assert from "node:assert/strict";
import { generateKeyPair } from "jose";
import { tokenLogin } from "../../../server/access/tokens";
import { HttpProblem } from "../../../server/http/problem";
import { playRealm, type Realm } from "../../support/service";

describe("A bearer token", () => {
  let realm: Realm;
  const refusals: string[] = [];
  const login = (token: string) => {
    const settings = { issuer: realm.issuer, audience: "kpaas", clients: ["cp-client"] };
    return tokenLogin(settings, (reason) => refusals.push(reason), realm.keys)("bearer", token);
  };
  const now = Math.floor(Date.now() / 1_000);

  before(async () => {
    realm = await playRealm();
  });

  it("tells who asks, and what the realm's roles grant", async () => {
    const exp = now + 600;
    assert.deepEqual(await login(await realm.token({ exp, roles: ["kpaas-operator:team=platform", "offline_access"] })), {
      id: `${realm.issuer}#4f1c`,
      name: "kim",
      grants: [{ role: "operator", label: { name: "team", value: "platform" } }],
      ...{ login: "token", until: exp * 1_000 },
    });
  });

  it("has its roles where Keycloak puts them too", async () => {
    const token = await realm.token({ roles: undefined, realm_access: { roles: ["cp-cluster-admin-role"] } });
    assert.deepEqual((await login(token))?.grants, [{ role: "administrator" }]);
  });

  it("of K-PaaS's client is taken without the audience, and of another client is not", async () => {
    assert.equal((await login(await realm.token({ aud: "account", azp: "cp-client" })))?.name, "kim");
    await assert.rejects(login(await realm.token({ aud: "account", azp: "other" })), HttpProblem);
  });

  it("is refused where it is of another realm, key or age, of the wrong kind, or signed in a way that proves nothing", async () => {
    const { privateKey: stranger } = await generateKeyPair("RS256");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${(await realm.token()).split(".")[1]}.`;
    const wrong: Record<string, string> = {
      "another realm": await realm.token({ iss: "https://login.example.org/realms/master" }),
      "another key": await realm.token({}, { key: stranger }),
      "another audience": await realm.token({ aud: ["account", "harbor"] }),
      "no audience": await realm.token({ aud: undefined }),
      old: await realm.token({ iat: now - 7_200, exp: now - 3_600 }),
      "of the future": await realm.token({ iat: now + 3_600, exp: now + 7_200 }),
      "not before later": await realm.token({ nbf: now + 3_600 }),
      "for a hundred years": await realm.token({ exp: now + 999_999 * 3_600 }),
      "without an end": await realm.token({ exp: undefined }),
      "without a subject": await realm.token({ sub: undefined }),
      "of who somebody is": await realm.token({ typ: "ID" }),
      "for getting others": await realm.token({ typ: "Refresh" }),
      "a shared secret": await realm.token({}, { alg: "HS256", key: new Uint8Array(32) }),
      unsigned,
      "no token": "x".repeat(40),
      "an altered one": (await realm.token()).replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString("base64url")}.`),
    };
    for (const [what, token] of Object.entries(wrong)) {
      const before = refusals.length;
      await assert.rejects(login(token), { name: "HttpProblem", status: 401 }, what);
      assert.equal(refusals.length, before + 1, what);
      assert.ok(!refusals.at(-1)?.includes(token), what);
    }
  });

  it("cannot be looked at while the issuer does not answer, which is nobody's fault who asks", async () => {
    const settings = { issuer: realm.issuer, audience: "kpaas", clients: [] };
    const keys = async () => Promise.reject(new TypeError("fetch failed"));
    await assert.rejects(tokenLogin(settings, () => undefined, keys)("bearer", await realm.token()), { status: 503 });
  });
});
