import assert from "node:assert/strict";
import { secretsFindings, sharedBackendAnswer, sharedBackendFinding } from "../../cli/backend";
import { PLAN } from "./fixture";

const status = (url: string) => sharedBackendFinding(url, url)?.status;
const detail = (url: string) => sharedBackendFinding(url, url)?.detail ?? "";

describe("what doctor tells of a backend that several hosts share", () => {
  it("is its kind, by the drivers that the engine has; others are refused with what there is", () => {
    for (const url of ["s3://b?region=x", "gs://b", "azblob://c?storage_account=a", "postgres://u@h/d?sslmode=verify-full"])
      assert.equal(status(url), "ok", url);
    for (const url of ["postgresql://u@h/d", "mysql://h/d", "consul://h", "mem://", "no url"]) assert.equal(status(url), "warning", url);
    assert.match(sharedBackendFinding("postgresql://h", "")?.remedy ?? "", /postgres:\/\//);
    for (const url of ["https://api.pulumi.com", "file:///srv/states"]) assert.equal(sharedBackendFinding(url, url), undefined, url);
  });

  it("is that states go to it in clear", () => {
    assert.match(detail("s3://b?endpoint=http://minio:9000"), /in clear/);
    assert.match(detail("postgres://u@db/d?sslmode=disable"), /in clear/);
    assert.equal(status("postgres://u@127.0.0.1/d?sslmode=disable"), "ok");
    assert.equal(status("postgres://u@db/d"), "ok", "the driver asks for TLS by itself");
  });

  it("is whether it answers, or the engine's words why not", async () => {
    const told = { name: "backend", status: "ok", detail: "s3://b, a bucket" } as const;
    assert.deepEqual(await sharedBackendAnswer(told, async () => [], 1_000), { ...told, detail: "s3://b, a bucket, which answers" });
    const refused = async () => {
      throw new Error("could not be listed:\n  AccessDenied");
    };
    assert.deepEqual((await sharedBackendAnswer(told, refused, 1_000)).detail, "s3://b, a bucket: AccessDenied");
    const never = (signal: AbortSignal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    assert.match((await sharedBackendAnswer(told, never, 10)).detail, /no answer within/);
  });

  it("is what reading secrets takes", () => {
    const find = (provider: string | undefined, env: NodeJS.ProcessEnv) =>
      secretsFindings([PLAN], () => provider, env).map((one) => one.status);
    assert.deepEqual(find(undefined, {}), []);
    assert.deepEqual([find("passphrase", {}), find("passphrase", { PULUMI_CONFIG_PASSPHRASE: "" })], [["warning"], ["ok"]]);
    assert.deepEqual([find("hashivault://k", {}), find("hashivault://k", { VAULT_ADDR: "x" })], [["warning"], ["ok"]]);
    assert.deepEqual(find("awskms://k", {}), ["ok"]);
  });
});
