import assert from "node:assert/strict";
import { InvalidInputError } from "../../model/problems";
import { type Flags, settingsOf } from "../../server/settings";
import { environmentOf, stateVariables } from "../../server/work/environment-variables";

const FLAGS: Flags = { listen: "127.0.0.1:8091", data: "/data" };

function problems(flags: Partial<Flags>, env = {}): string[] {
  try {
    settingsOf({ ...FLAGS, ...flags }, env);
    return [];
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return error.problems.map(({ path }) => path);
  }
}

describe("What `kpaas server` is told", () => {
  it("is read into settings", () => {
    assert.deepEqual(settingsOf(FLAGS, {}), { host: "127.0.0.1", port: 8091, folder: "/data", sandbox: false, replicated: false });
    const tokens = { issuer: "https://k.example.org/realms/cp-realm", audience: "kpaas", client: ["cp-client"] };
    assert.deepEqual(settingsOf({ ...FLAGS, ...tokens, listen: "[::1]:0" }, { KPAAS_DATABASE_URL: "postgresql://u:p@h/n" }), {
      ...{ host: "::1", port: 0, folder: "/data", sandbox: false, replicated: false, databaseUrl: "postgresql://u:p@h/n" },
      tokens: { issuer: tokens.issuer, audience: "kpaas", clients: ["cp-client"] },
    });
  });

  it("has the page log people in by the issuer, where a client for it is named", () => {
    const issuer = "https://k.example.org/realms/cp-realm";
    assert.deepEqual(settingsOf({ ...FLAGS, issuer, audience: "kpaas", pageClient: "page" }, {}).page, { issuer, client: "page" });
    assert.equal(settingsOf({ ...FLAGS, issuer, audience: "kpaas" }, {}).page, undefined);
  });

  it("leads to no service that tokens are sent to in clear, unless that is said", () => {
    for (const listen of ["0.0.0.0:80", ":80", "10.0.0.1:80", "[::]:80", "example.org:80"])
      assert.deepEqual(problems({ listen }), ["--listen"]);
    for (const listen of ["localhost:80", "127.0.0.1:80", "[::1]:80"]) assert.deepEqual(problems({ listen }), []);
    assert.deepEqual(problems({ listen: "0.0.0.0:80", insecureHttp: true }), []);
    assert.deepEqual(problems({ listen: "0.0.0.0:80", tlsCert: "a", tlsKey: "b" }), []);
  });

  it("is refused with all that is wrong", () => {
    assert.deepEqual(problems({ listen: "80", tlsCert: "a", database: "mysql://x", issuer: "http://k.example.org", client: ["c"] }), [
      ...["--listen", "--tls-key", "--listen", "--database", "--audience", "--issuer"],
    ]);
    assert.deepEqual(problems({ client: ["c"] }), ["--client"]);
    assert.deepEqual(problems({ pageClient: "page" }), ["--page-client"]);
  });

  it("holds no password that others read in the list of processes", () => {
    assert.deepEqual(problems({ database: "postgresql://u:p@h/n" }), ["--database"]);
    assert.deepEqual(problems({ database: "postgresql://u@h/n?password=p" }), ["--database"]);
    assert.deepEqual(problems({ database: "postgresql://u@h/n" }), []);
  });

  it("logs in to a vault by an AppRole, or by the account of its pod", () => {
    const vault = "https://vault.example.org";
    const role = { KPAAS_VAULT_ROLE_ID: "r", KPAAS_VAULT_SECRET_ID: "s" };
    assert.deepEqual(settingsOf({ ...FLAGS, vault }, role).vault, { url: vault, roleId: "r", secretId: "s" });
    const account = { vault, vaultRole: "kpaasServer", vaultToken: "/token" };
    assert.deepEqual(settingsOf({ ...FLAGS, ...account }, {}).vault, { url: vault, role: "kpaasServer", tokenFile: "/token" });
    assert.deepEqual(problems({ vault }), ["--vault"]);
    assert.deepEqual(problems({ vault, vaultRole: "kpaasServer" }), ["--vault-token"]);
    assert.deepEqual(problems({ vaultToken: "/token" }), ["--vault-role"]);
    assert.deepEqual(problems({ vaultRole: "kpaasServer", vaultToken: "/token" }), ["--vault-role"]);
  });

  it("logs in to the repository by files, which are for one", () => {
    const repository = "https://git.example.org/e.git";
    assert.deepEqual(settingsOf({ ...FLAGS, repository, gitLogin: "/login", gitCa: "/ca" }, {}).repositoryAccess, {
      ...{ login: "/login", ca: "/ca" },
    });
    assert.deepEqual(problems({ gitLogin: "/login", gitKey: "/key" }), ["--git-login", "--git-key", "--git-hosts"]);
    assert.deepEqual(problems({ repository: "https://kim:canary@git.example.org/e.git" }), ["--repository"]);
  });

  it("is refused of one of several where the next leader would lack something that lies on another's disk", () => {
    const replicated = { replicated: true, database: "postgresql://u@h/n", repository: "ssh://git@h/e.git", secretsKey: "/key" };
    assert.deepEqual(problems({ replicated: true }), ["--database", "--state-backend", "--repository", "--secrets-key"]);
    assert.deepEqual(problems({ ...replicated, stateBackend: "file:///srv/state" }), ["--state-backend"]);
    assert.deepEqual(problems({ ...replicated, sandbox: true }), ["--sandbox"]);
    assert.deepEqual(problems({ ...replicated, stateBackend: "s3://states" }), []);
    assert.deepEqual(problems(replicated, { KPAAS_STATE_BACKEND: "postgres://u:p@h/n" }), []);
  });

  it("leads commands to the backend of states, its password by a variable alone", () => {
    assert.deepEqual(problems({ stateBackend: "postgres://u:p@h/n" }), ["--state-backend"]);
    assert.deepEqual(problems({ stateBackend: "postgresql://u@h/n" }), ["--state-backend"]);
    assert.deepEqual(problems({ stateBackend: "s3://b", sandbox: true }), ["--state-backend"]);
    const { stateBackend } = settingsOf(FLAGS, { KPAAS_STATE_BACKEND: "postgres://u:p%40ss@h/n?table=s" });
    assert.deepEqual(stateVariables(stateBackend), { PULUMI_BACKEND_URL: "postgres://u@h/n?table=s", PGPASSWORD: "p@ss" });
    assert.deepEqual(environmentOf({ KPAAS_STATE_BACKEND: "x", PGPASSWORD: "x" }, stateVariables(undefined)), {});
  });
});
