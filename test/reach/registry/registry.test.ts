import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { loginOf } from "../../../reach/registry/credentials";
import { Registry } from "../../../reach/registry/registry";
import { temporaryFolders } from "../../support/temporary";

const folder = temporaryFolders();

describe("log-ins to registries", () => {
  const configured = (config: unknown): NodeJS.ProcessEnv => {
    const DOCKER_CONFIG = folder();
    writeFileSync(join(DOCKER_CONFIG, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
    return { DOCKER_CONFIG, PATH: process.env.PATH };
  };
  const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

  it("are those that docker has kept, in any of its forms", async () => {
    const env = configured({
      auths: {
        "registry.intra:5000": auth("me:a:b"),
        "https://quay.io/v2/": auth("robot:x"),
        "https://index.docker.io/v1/": auth("d:e"),
        "ghcr.io": { username: "u", password: "p" },
      },
    });
    assert.deepEqual(await loginOf("registry.intra:5000", env), { user: "me", password: "a:b" });
    assert.deepEqual(await loginOf("quay.io", env), { user: "robot", password: "x" });
    assert.deepEqual(await loginOf("docker.io", env), { user: "d", password: "e" });
    assert.deepEqual(await loginOf("ghcr.io", env), { user: "u", password: "p" });
    assert.equal(await loginOf("gcr.io", env), undefined);
    assert.equal(await loginOf("gcr.io", { DOCKER_CONFIG: folder() }), undefined);
  });

  it("are asked of the program that keeps them", async () => {
    const env = configured({ credHelpers: { "registry.intra": "test" } });
    const bin = folder();
    const program = join(bin, "docker-credential-test");
    writeFileSync(program, '#!/bin/sh\nread server\n[ "$server" = registry.intra ] && echo \'{"Username":"me","Secret":"s"}\' || exit 1\n');
    chmodSync(program, 0o755);
    assert.deepEqual(await loginOf("registry.intra", { ...env, PATH: `${bin}:${env.PATH}` }), { user: "me", password: "s" });
    await assert.rejects(loginOf("registry.intra", env), /docker-credential-test, which is not on PATH/);
    await assert.rejects(loginOf("a.b", configured({ credsStore: "../x" })), /is none/);
  });

  it("are not shown where the file is torn", async () => {
    const error = await loginOf("a.b", configured('{"auths":{"a.b":{"auth":"canary')).catch((each: unknown) => String(each));
    assert.match(String(error), /is no JSON/);
    assert.ok(!String(error).includes("canary"));
  });

  it("are sent to nobody without TLS", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "-");
      response.writeHead(401, { "www-authenticate": 'Bearer realm="http://token.example.org/",service="x"' }).end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const registry = new Registry(host, { login: async () => ({ user: "me", password: "canary" }), pauseMs: 0 });
    await assert.rejects(registry.manifest("a", "1"), /sends log-ins to http:\/\/token\.example\.org, which has no TLS/);
    assert.deepEqual(seen, ["-"]);
    server.close();
  });

  it("are of no use where nobody answers, which is told with the host", async () => {
    await assert.rejects(new Registry("127.0.0.1:1", { pauseMs: 0 }).manifest("a", "1"), /no connection to 127\.0\.0\.1:1 \(/);
  });
});
