import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { type Properties, SIGNATURE_KEY, UNKNOWN } from "../../plugin/rpc/provider";
import { createRandomProvider } from "../../sandbox/random/provider";
import { createTlsProvider } from "../../sandbox/tls/provider";
import { isMap, reveal, text } from "../../sandbox/values";
import { ProviderClient } from "../support/provider-client";

const PASSWORD = { type: "random:index/randomPassword:RandomPassword" };
const KEY = { type: "tls:index/privateKey:PrivateKey" };
const SELF_SIGNED = { type: "tls:index/selfSignedCert:SelfSignedCert" };

function isSecret(value: unknown): boolean {
  return isMap(value) && SIGNATURE_KEY in value;
}

function plain(properties: Properties, key: string): string {
  return String(reveal(properties[key]));
}

describe("the simulated random provider", () => {
  let client: ProviderClient;
  before(async () => {
    client = await ProviderClient.serve(createRandomProvider());
  });
  after(() => client.close());

  it("honours length, classes and minimums of passwords", async () => {
    const inputs = fc.record({
      minLower: fc.nat(4),
      minUpper: fc.nat(4),
      minNumeric: fc.nat(4),
      minSpecial: fc.nat(4),
      extra: fc.integer({ min: 1, max: 20 }),
      overrideSpecial: fc.constantFrom("_-", "#"),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ extra, ...wanted }) => {
        const length = wanted.minLower + wanted.minUpper + wanted.minNumeric + wanted.minSpecial + extra;
        const { properties } = await client.create(PASSWORD, { ...wanted, length });
        const result = plain(properties, "result");
        assert.equal(result.length, length);
        const count = (pattern: RegExp) => result.match(pattern)?.length ?? 0;
        assert.ok(count(/[a-z]/g) >= wanted.minLower && count(/[A-Z]/g) >= wanted.minUpper && count(/\d/g) >= wanted.minNumeric);
        const special = [...result].filter((char) => wanted.overrideSpecial.includes(char)).length;
        assert.ok(special >= wanted.minSpecial);
        assert.equal(special + count(/[a-zA-Z\d]/g), length);
      }),
      { numRuns: 40 },
    );
  });

  it("marks the password secret, gives another one each time, and none in a preview", async () => {
    const one = await client.create(PASSWORD, { length: 24, special: false });
    const two = await client.create(PASSWORD, { length: 24, special: false });
    assert.ok(isSecret(one.properties.result));
    assert.match(plain(one.properties, "result"), /^[A-Za-z0-9]{24}$/);
    assert.notEqual(plain(one.properties, "result"), plain(two.properties, "result"));
    assert.equal((await client.create(PASSWORD, { length: 24 }, { preview: true })).properties.result, UNKNOWN);
  });

  it("refuses what cannot be", async () => {
    const reasons = async (news: Properties) => (await client.check(PASSWORD, news)).failures.map(({ reason }) => reason).join("; ");
    assert.match(await reasons({}), /"length" is required/);
    assert.match(await reasons({ length: 2, minLower: 2, minUpper: 2 }), /at least sum/);
    assert.match(await reasons({ length: 2, size: 2 }), /"size" is not expected/);
    assert.equal(await reasons({ length: UNKNOWN }), "");
  });

  it("replaces for changed keepers, unless they are ignored", async () => {
    const states = { oldInputs: { length: 8, keepers: { v: "1" } }, news: { length: 8, keepers: { v: "2" } } };
    assert.deepEqual((await client.diff({ ...PASSWORD, id: "none" }, states)).replaces, ["keepers.v"]);
    assert.equal((await client.diff({ ...PASSWORD, id: "none" }, { ...states, ignoreChanges: ["keepers"] })).changed, false);
  });
});

describe("the simulated tls provider", () => {
  let client: ProviderClient;
  let now = new Date();
  before(async () => {
    client = await ProviderClient.serve(createTlsProvider(() => now));
  });
  after(() => client.close());

  for (const inputs of [{ algorithm: "RSA" }, { algorithm: "ED25519" }, { algorithm: "ECDSA", ecdsaCurve: "P256" }]) {
    it(`makes ${inputs.algorithm} keys whose private parts are secret`, async () => {
      const checked = await client.check(KEY, inputs);
      assert.deepEqual(checked.failures, []);
      const { properties } = await client.create(KEY, checked.inputs);
      for (const key of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) assert.ok(isSecret(properties[key]), key);
      const fromPem = createPublicKey(createPrivateKey(plain(properties, "privateKeyPem"))).export({ type: "spki", format: "pem" });
      assert.equal(fromPem, properties.publicKeyPem);
      const blob = Buffer.from(text(properties, "publicKeyOpenssh").split(" ")[1] ?? "", "base64");
      const container = Buffer.from(plain(properties, "privateKeyOpenssh").replace(/-----[^-]+-----|\s/g, ""), "base64");
      assert.ok(container.includes(blob), "the OpenSSH private key holds the public one");
      assert.match(text(properties, "publicKeyFingerprintSha256"), /^SHA256:[\w+/]{43}$/);
      assert.match(text(properties, "publicKeyFingerprintMd5"), /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    });
  }

  it("makes an authority and certificates it has signed", async () => {
    const key = async (algorithm: string) =>
      plain((await client.create(KEY, { algorithm, ecdsaCurve: "P256", rsaBits: 2048 })).properties, "privateKeyPem");
    const caPrivateKeyPem = await key("ECDSA");
    const ca = await client.create(SELF_SIGNED, {
      privateKeyPem: caPrivateKeyPem,
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 24,
      subject: { commonName: "authority", organization: "K-PaaS" },
    });
    assert.ok(isSecret(ca.properties.privateKeyPem));
    const request = await client.create(
      { type: "tls:index/certRequest:CertRequest" },
      { privateKeyPem: await key("RSA"), dnsNames: ["a.example"], ipAddresses: ["10.0.0.1"], subject: { commonName: "leaf" } },
    );
    const leaf = await client.create(
      { type: "tls:index/locallySignedCert:LocallySignedCert" },
      {
        caCertPem: ca.properties.certPem,
        caPrivateKeyPem,
        certRequestPem: request.properties.certRequestPem,
        validityPeriodHours: 2,
        allowedUses: ["digital_signature", "server_auth"],
      },
    );
    const authority = new X509Certificate(text(ca.properties, "certPem"));
    const certificate = new X509Certificate(text(leaf.properties, "certPem"));
    assert.ok(authority.ca);
    assert.ok(certificate.verify(authority.publicKey) && certificate.checkIssued(authority));
    assert.equal(certificate.checkHost("a.example"), "a.example");
    assert.equal(certificate.checkIP("10.0.0.1"), "10.0.0.1");
    assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(
      Date.parse(text(leaf.properties, "validityEndTime")) - Date.parse(text(leaf.properties, "validityStartTime")),
      2 * 3_600_000,
    );
    assert.ok(isSecret(leaf.properties.caPrivateKeyPem));
  });

  it("makes a certificate at the world's time and renews it when it is due by it", async () => {
    const made = await client.create(KEY, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const privateKeyPem = plain(made.properties, "privateKeyPem");
    const inputs = { allowedUses: ["server_auth"], validityPeriodHours: 24, earlyRenewalHours: 2, privateKeyPem };
    now = new Date("2027-10-01T00:00:00Z");
    const { properties: olds } = await client.create(SELF_SIGNED, inputs);
    assert.equal(olds.validityEndTime, "2027-10-02T00:00:00Z");
    const diff = async () => client.diff({ ...SELF_SIGNED, id: "1" }, { oldInputs: inputs, olds, news: inputs });
    now = new Date("2027-10-01T21:59:00Z");
    assert.equal((await diff()).changed, false);
    now = new Date("2027-10-01T22:00:00Z");
    assert.deepEqual((await diff()).replaces, ["readyForRenewal"]);
  });

  it("never repeats key material in an error", async () => {
    const inputs = { privateKeyPem: "canary-key", allowedUses: ["server_auth"], validityPeriodHours: 1 };
    await assert.rejects(client.create(SELF_SIGNED, inputs), { details: "privateKeyPem holds no private key in PEM format" });
  });
});
