import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSecret, type Output, runtime, secret } from "@pulumi/pulumi";
import { utils } from "ssh2";
import { moveReferences } from "../../files/references";
import type { EnvironmentPlan } from "../../model/plan/types";
import { RefusedError } from "../../model/problems";
import { resolveSecrets, standInSecrets, withStandIns } from "../../stacks/secrets";
import { KARMADA_KUBECONFIG } from "../components/platform/fixtures";
import { environmentFile, plannedFile } from "../support/environment";
import { hostsFile } from "../support/existing";
import { ed25519Pair } from "../support/ssh-keys";

const CANARY = "canary-1f0c";
const pair = ed25519Pair();

function planWith(credentials: Record<string, string>, privateKey: Record<string, string>): EnvironmentPlan {
  return plannedFile(environmentFile({ infrastructure: { provider: "openstack", credentials, access: { ssh: { privateKey } } } })).plan;
}

function resolved<T>(output: Output<T> | undefined): Promise<T> {
  return new Promise((resolve) => output?.apply(resolve));
}

describe("secret references", () => {
  const folder = mkdtempSync(join(tmpdir(), "kpaas-secrets-"));
  let store: Server;
  const before_ = { ...process.env };

  before(async () => {
    await runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
    store = createServer((request, response) => {
      const known = request.url === "/v1/secret/data/OPENSTACK/1" && request.headers["x-vault-token"] === "a-token";
      response.statusCode = known ? 200 : 403;
      response.end(
        JSON.stringify(known ? { data: { data: { user_name: "kpaas", password: CANARY } } } : { errors: ["permission denied"] }),
      );
    });
    await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    process.env = { ...before_ };
  });
  after(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });

  it("are read from the environment, a file and the secret store, and come out as secrets", async () => {
    process.env.VAULT_ADDR = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
    process.env.VAULT_TOKEN = "a-token";
    writeFileSync(join(folder, "key"), pair.private);
    const secrets = await resolveSecrets(planWith({ vault: "secret/OPENSTACK/1" }, { file: join(folder, "key") }));
    assert.deepEqual(await resolved(secrets.credentials), { userName: "kpaas", password: CANARY });
    assert.equal(await resolved(secrets.sshPrivateKey), pair.private);
    assert.ok(secrets.credentials && (await isSecret(secrets.credentials)));
    assert.ok(secrets.sshPrivateKey && (await isSecret(secrets.sshPrivateKey)));
    const beside = await resolveSecrets(planWith({ vault: "secret/OPENSTACK/1" }, { file: "key" }), folder);
    assert.equal(await resolved(beside.sshPrivateKey), pair.private);
    process.env.SSH_KEY = utils.generateKeyPairSync("ecdsa", { bits: 256 }).private;
    const other = await resolveSecrets(planWith({ vault: "secret/OPENSTACK/1" }, { env: "SSH_KEY" }));
    assert.equal(await resolved(other.sshPrivateKey), process.env.SSH_KEY);
  });

  it("to the password of sudo come without the end of line that a file has, and the sandbox asks for none", async () => {
    writeFileSync(join(folder, "sudo"), `${CANARY}\n`);
    const { plan } = plannedFile(hostsFile({}, {}, { access: { ssh: { agent: true, sudoPassword: { file: "sudo" } } } }));
    const { sudoPassword, sshPrivateKey } = await resolveSecrets(plan, folder);
    assert.deepEqual([await resolved(sudoPassword), sshPrivateKey], [CANARY, undefined]);
    assert.ok(sudoPassword && (await isSecret(sudoPassword)));
    assert.deepEqual([withStandIns(plan).access.ssh, Object.keys(standInSecrets(plan))], [{ user: "ubuntu" }, ["sshPrivateKey"]]);
  });

  it("to a key that cannot be used say why, and show nothing of it", async () => {
    const wrong = {
      [CANARY]: /no private key that SSH takes/,
      [utils.generateKeyPairSync("ed25519", { passphrase: "p", cipher: "aes256-cbc", rounds: 16 }).private]: /protected by a passphrase/,
      [pair.public]: /is a public key/,
      [ed25519Pair().private]: /is not the private half of publicKey/,
    };
    const ssh = { publicKey: `${pair.public} someone@here`, privateKey: { env: "SSH_KEY" } };
    const { plan } = plannedFile(environmentFile({ infrastructure: { provider: "openstack", access: { ssh } } }));
    for (const [key, reason] of Object.entries(wrong)) {
      process.env.SSH_KEY = key;
      await assert.rejects(resolveSecrets(plan), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.match(error.message, reason);
        assert.equal(error.problems[0]?.path, "infrastructure.access.ssh.privateKey");
        assert.ok(!error.message.includes(key.slice(0, 60).slice(-20)));
        return true;
      });
    }
    process.env.SSH_KEY = pair.private;
    assert.equal(await resolved((await resolveSecrets(plan)).sshPrivateKey), pair.private);
  });

  it("that cannot be resolved are all named at once, without any value", async () => {
    process.env.VAULT_ADDR = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
    process.env.VAULT_TOKEN = CANARY;
    await assert.rejects(resolveSecrets(planWith({ vault: "secret/OPENSTACK/1" }, { env: "NOT_SET_ANYWHERE" })), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["infrastructure.credentials", "infrastructure.access.ssh.privateKey"],
      );
      assert.match(error.message, /NOT_SET_ANYWHERE is not set/);
      assert.ok(!error.message.includes(CANARY));
      return true;
    });
  });

  it("lead to the authority that the cloud's provider trusts, whose certificates its parts in the cluster are given, and nothing else of its file", async () => {
    const pem = (what: string) => `-----BEGIN ${what}-----\n${CANARY.replaceAll("-", "")}\n-----END ${what}-----\n`;
    const certificate = pem("CERTIFICATE");
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, `# ours\n${certificate}${pem("PRIVATE KEY")}${certificate}`);
    writeFileSync(join(folder, "clouds.yaml"), `clouds: { here: { cacert: "${ca}" }, there: {} }`);
    process.env.OS_CLIENT_CONFIG_FILE = join(folder, "clouds.yaml");
    const plan = (platform: Record<string, unknown>) =>
      plannedFile(environmentFile({ infrastructure: { provider: "openstack", credentials: { env: "CREDENTIALS" } }, platform })).plan;
    const parts = plan({ storage: { kind: "cloud" } });
    const found = async (credentials: Record<string, string>, env: Record<string, string> = {}) => {
      process.env.CREDENTIALS = JSON.stringify(credentials);
      for (const name of ["OS_CACERT", "OS_CLOUD"]) delete process.env[name];
      Object.assign(process.env, env);
      const { authority } = await resolveSecrets(parts);
      assert.ok(authority === undefined || !(await isSecret(authority)));
      return authority && (await resolved(authority));
    };
    assert.equal(await found({ cacert_file: ca }, { OS_CACERT: "/nowhere" }), certificate.repeat(2));
    assert.equal(await found({ cacertFile: certificate }), certificate, "the provider takes itself too");
    assert.equal(await found({}, { OS_CACERT: ca, OS_CLOUD: "there" }), certificate.repeat(2));
    assert.equal(await found({}, { OS_CLOUD: "here" }), certificate.repeat(2));
    assert.equal(await found({ cloud: "there" }, { OS_CLOUD: "here" }), undefined);
    await assert.rejects(found({}, { OS_CACERT: "/nowhere" }), /infrastructure\.credentials: the file \/nowhere with the authority/);
    await assert.rejects(found({ cacertFile: pem("PRIVATE KEY") }), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /has no certificate/);
      assert.ok(!error.message.includes("canary"));
      return true;
    });
    process.env.OS_CACERT = "/nowhere";
    process.env.CREDENTIALS = "{}";
    assert.equal((await resolveSecrets(plan({}))).authority, undefined, "nobody asks where nothing of the cloud's runs in the cluster");
    const credentials: Readonly<Record<string, string>> = { cacertFile: ca };
    const given = { credentials: secret(credentials) };
    assert.equal(await resolved((await resolveSecrets(parts, folder, given)).authority), certificate.repeat(2));
  });

  it("to credentials that are no JSON object are refused without showing what they are", async () => {
    for (const value of [`${CANARY}!`, `["${CANARY}"]`, `"${CANARY}"`]) {
      process.env.CREDENTIALS = value;
      await assert.rejects(resolveSecrets(planWith({ env: "CREDENTIALS" }, { env: "CREDENTIALS" })), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.match(error.message, /infrastructure\.credentials: must hold one JSON object/);
        assert.ok(!error.message.includes("canary"));
        return true;
      });
    }
  });

  it("to credentials under names the provider does not take are refused, without showing a value", async () => {
    process.env.CREDENTIALS = JSON.stringify({ username: CANARY });
    await assert.rejects(resolveSecrets(planWith({ env: "CREDENTIALS" }, { env: "NOT_SET_ANYWHERE" })), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /infrastructure\.credentials: holds username, which the OpenStack provider does not take/);
      assert.ok(!error.message.includes(CANARY));
      return true;
    });
  });

  it("among the variables for kubespray come out as secrets, at any depth; the sandbox has stand-ins for them", async () => {
    process.env.REGISTRY_PASS = CANARY;
    writeFileSync(join(folder, "password"), `${CANARY}-file\n`);
    const variables = {
      registry_pass: { env: "REGISTRY_PASS" },
      crio_registry_auth: [{ registry: "registry.example", username: "kpaas", password: { file: join(folder, "password") } }],
    };
    const { plan } = plannedFile(environmentFile({ cluster: { variables } }));
    assert.deepEqual(plan.cluster.variables.registry_pass, variables.registry_pass);
    const found = (await resolveSecrets(plan)).variables ?? {};
    assert.deepEqual(Object.keys(found), ["registry_pass", "crio_registry_auth.0.password"]);
    assert.equal(await resolved(found.registry_pass), CANARY);
    assert.equal(await resolved(found["crio_registry_auth.0.password"]), `${CANARY}-file`);
    const standIns = standInSecrets(plan).variables ?? {};
    assert.equal(await resolved(standIns.registry_pass), 'stand-in for {"env":"REGISTRY_PASS"}');
    for (const value of [...Object.values(found), ...Object.values(standIns)]) assert.ok(await isSecret(value));
  });

  it("to variables that Ansible would evaluate, or that need a way nobody planned, are refused without their value", async () => {
    const { plan } = plannedFile(environmentFile({ cluster: { variables: { kube_oidc_url: { env: "VARIABLE" } } } }));
    for (const [value, reason] of [
      [`{{ lookup('pipe', '${CANARY}') }}`, /template/],
      [`https://${CANARY}.example:8443/`, /port 8443/],
    ] as const) {
      process.env.VARIABLE = value;
      await assert.rejects(resolveSecrets(plan), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.equal(error.problems[0]?.path, "cluster.variables.kube_oidc_url");
        assert.match(error.message, reason);
        assert.ok(!error.message.includes(CANARY));
        return true;
      });
    }
  });

  it("among a service's own options come out as secrets by their fields, are looked at and named where they are wrong, and have stand-ins", async () => {
    const field = "platform.services.portal.federation.kubeconfig";
    const planOf = (kubeconfig: object): EnvironmentPlan =>
      plannedFile(environmentFile({ platform: { services: { openbao: true, nats: true, portal: { federation: { kubeconfig } } } } })).plan;
    const file = join(folder, "karmada.config");
    writeFileSync(file, KARMADA_KUBECONFIG);
    const plan = planOf({ file });
    const found = (await resolveSecrets(plan)).services ?? {};
    assert.deepEqual(Object.keys(found), [field]);
    assert.equal(await resolved(found[field]), KARMADA_KUBECONFIG);
    assert.ok(await isSecret(found[field]!));
    assert.match(String(await resolved(standInSecrets(plan).services?.[field])), /^stand-in for /);
    writeFileSync(file, `not a kubeconfig: ${CANARY}`);
    for (const [wrong, reason] of [
      [plan, /no context karmada-apiserver/],
      [planOf({ env: "NOT_SET_ANYWHERE" }), /NOT_SET_ANYWHERE/],
    ] as const)
      await assert.rejects(resolveSecrets(wrong), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.deepEqual(
          error.problems.map(({ path }) => path),
          [field],
        );
        assert.match(error.problems[0]?.reason ?? "", reason);
        assert.ok(!error.message.includes(CANARY));
        return true;
      });
    const moved = moveReferences(
      { platform: { services: { portal: { federation: { kubeconfig: { file: "karmada.config" } } } } } },
      "/project/bases",
      "/project/environments",
    );
    assert.deepEqual(moved, { platform: { services: { portal: { federation: { kubeconfig: { file: "../bases/karmada.config" } } } } } });
  });

  it("among a cloud's own options come out as secrets by their paths, are named where they lead nowhere, and have stand-ins", async () => {
    const storageDriver = (password: object) => ({ user: "kpaas-storage@vsphere.local", password, ca: { file: join(folder, "ca.pem") } });
    const planOf = (password: object): EnvironmentPlan => {
      const vsphere = { server: "vcenter.example.org", storageDriver: storageDriver(password) };
      const infrastructure = { provider: "vsphere", network: { cidr: "10.20.0.0/24", dns: ["10.20.0.2"] }, vsphere };
      return plannedFile({ name: "demo", infrastructure, platform: { storage: { kind: "cloud" } } }).plan;
    };
    writeFileSync(join(folder, "ca.pem"), `${CANARY}-ca\n`);
    process.env.STORAGE_PASSWORD = CANARY;
    const plan = planOf({ env: "STORAGE_PASSWORD" });
    const found = (await resolveSecrets(plan)).cloud ?? {};
    assert.deepEqual(Object.keys(found), ["storageDriver.password", "storageDriver.ca"]);
    assert.equal(await resolved(found["storageDriver.password"]), CANARY);
    assert.equal(await resolved(found["storageDriver.ca"]), `${CANARY}-ca`);
    for (const value of Object.values(found)) assert.ok(await isSecret(value));
    assert.equal(await resolved(standInSecrets(plan).cloud?.["storageDriver.password"]), 'stand-in for {"env":"STORAGE_PASSWORD"}');
    assert.ok(!JSON.stringify(plan).includes(CANARY));
    await assert.rejects(resolveSecrets(planOf({ env: "NOT_SET_ANYWHERE" })), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["infrastructure.vsphere.storageDriver.password"],
      );
      return true;
    });
    const moved = moveReferences(
      { infrastructure: { vsphere: { storageDriver: { ca: { file: "vcenter.pem" } } } } },
      "/project/bases",
      "/project/environments",
    );
    assert.deepEqual(moved, { infrastructure: { vsphere: { storageDriver: { ca: { file: "../bases/vcenter.pem" } } } } });
  });

  it("in a base file go by its folder, those among variables too", () => {
    const base = {
      cluster: { variables: { a_list: [{ password: { file: "secrets/password" } }], b_pass: { env: "B" }, c_pass: { file: "~/c" } } },
    };
    assert.deepEqual(moveReferences(base, "/project/bases", "/project/environments"), {
      cluster: {
        variables: { a_list: [{ password: { file: "../bases/secrets/password" } }], b_pass: { env: "B" }, c_pass: { file: "~/c" } },
      },
    });
  });

  it("leave no trace in the plan the sandbox runs", () => {
    const plan = withStandIns(planWith({ vault: "secret/OPENSTACK/1" }, { env: "SSH_KEY" }));
    assert.equal(plan.credentials, undefined);
    assert.deepEqual(plan.access.ssh, { user: "ubuntu" });
  });
});
