import assert from "node:assert/strict";
import { type CryptoKey, exportSPKI, generateKeyPair, type JWTPayload } from "jose";
import { allows } from "../../../server/access/roles";
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
  const publicKey = async () => (await realm.keys({ alg: "RS256" }, {} as never)) as CryptoKey;
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
      "the public key as a secret": await realm.token(
        {},
        { alg: "HS256", key: new TextEncoder().encode(await exportSPKI(await publicKey())) },
      ),
      "the issuer as an object": await realm.token({ iss: { toString: realm.issuer } as never }),
      "an end that is a text": await realm.token({ exp: String(now + 600) as never }),
      "an end before it began": await realm.token({ iat: now, exp: now - 31 }),
      "an empty subject": await realm.token({ sub: "" }),
      "a subject of two lines": await realm.token({ sub: "kim\nlee" }),
      "a subject that is a number": await realm.token({ sub: 7 as never }),
      "more than a day": await realm.token({ iat: now, exp: now + 24 * 3_600 + 1 }),
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

  it("grants by its roles only what they say, whatever form they have", async () => {
    const grants = async (claims: JWTPayload) => (await login(await realm.token(claims)))?.grants;
    for (const roles of [
      "cp-cluster-admin-role",
      { 0: "cp-cluster-admin-role", length: 1 },
      [["cp-cluster-admin-role"]],
      [{ name: "cp-cluster-admin-role" }],
      7,
      null,
      true,
    ])
      assert.deepEqual(await grants({ roles }), [], JSON.stringify(roles));
    assert.deepEqual(await grants({ roles: [], realm_access: { roles: "cp-cluster-admin-role" } }), []);
    assert.deepEqual(await grants({ roles: [], realm_access: ["cp-cluster-admin-role"] }), []);
    const odd = [
      "kpaas-viewer:=x",
      "kpaas-viewer:team=a=b",
      "kpaas-viewer:team",
      "kpaas-administrator\n",
      " kpaas-administrator",
      "kpaas-administrator:",
      "KPAAS-ADMINISTRATOR",
    ];
    assert.deepEqual(await grants({ roles: odd }), []);
    // What a label may hold is text, and no more.
    const label = "'; drop table operations; --";
    assert.deepEqual(await grants({ roles: [`kpaas-viewer:team=${label}`, "kpaas-viewer:__proto__=x", "kpaas-viewer:한국=어"] }), [
      { role: "viewer", label: { name: "team", value: label } },
      { role: "viewer", label: { name: "__proto__", value: "x" } },
      { role: "viewer", label: { name: "한국", value: "어" } },
    ]);
    assert.equal(allows([{ role: "viewer", label: { name: "__proto__", value: "x" } }], "viewer", {}), false);
    assert.equal(allows([{ role: "viewer", label: { name: "constructor", value: "" } }], "viewer", {}), false);
  });

  it("cannot be looked at while the issuer does not answer, which is nobody's fault who asks", async () => {
    const settings = { issuer: realm.issuer, audience: "kpaas", clients: [] };
    const keys = async () => Promise.reject(new TypeError("fetch failed"));
    await assert.rejects(tokenLogin(settings, () => undefined, keys)("bearer", await realm.token()), { status: 503 });
  });
});
