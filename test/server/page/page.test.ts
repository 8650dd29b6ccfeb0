import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pageRoutes } from "../../../server/page/page";
import { playApp } from "../../support/service";
import { temporaryFolders } from "../../support/temporary";

describe("The page as it is served", () => {
  const folder = temporaryFolders();
  const issuer = "https://login.example.org/realms/cp-realm";

  it("runs and shows nothing but what comes from the service, and asks it and the issuer alone", async () => {
    const { app } = playApp(pageRoutes({ issuer, client: "kpaas-page" }));
    const { statusCode, headers, body } = await app.inject("/");
    assert.equal(statusCode, 200);
    assert.match(String(headers["content-type"]), /^text\/html; charset=utf-8$/);
    assert.equal(headers["cache-control"], "no-store");
    const policy = String(headers["content-security-policy"]);
    assert.doesNotMatch(policy, /unsafe|\*/);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self' https://login.example.org",
      "frame-ancestors 'none'",
    ])
      assert.ok(policy.split("; ").includes(rule), rule);
    assert.equal(headers["x-frame-options"], "DENY");
    assert.match(body, /data-issuer="https:\/\/login.example.org\/realms\/cp-realm" data-client="kpaas-page"/);
    assert.doesNotMatch(body, /<script>|<style|style=|https?:\/\/(?!login\.example\.org)/);
  });

  it("is made of files that are kept for ever under the name of their content, with the licence of what they hold", async () => {
    const { app } = playApp(pageRoutes(undefined));
    const { body, headers } = await app.inject("/?code=x");
    assert.match(String(headers["content-security-policy"]), /connect-src 'self';/);
    const files = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    assert.equal(files.length, 3);
    for (const file of files) {
      const part = await app.inject(file);
      assert.match(file, /^\/assets\/[a-z]+-[A-Z0-9]{8}\.(js|css)$/);
      assert.equal(part.headers["cache-control"], "public, max-age=31536000, immutable");
      assert.match(String(part.headers["content-type"]), file.endsWith(".js") ? /^text\/javascript/ : /^text\/css/);
      assert.doesNotMatch(part.body, /@import|\burl\(["']?(?!data:)|https?:\/\/(?!www\.w3\.org\/|\$\{)/, "no address of anybody else");
      if (file.includes("/app-")) assert.match(part.body, /The MIT License[\s\S]*Jason Miller/);
    }
    assert.equal((await app.inject("/assets/app-00000000.js")).statusCode, 404);
    assert.equal((await app.inject("/assets/..%2f..%2fserver.js")).statusCode, 404);
  });

  it("takes what it is told for text, and says which part is missing", async () => {
    const { app } = playApp(pageRoutes({ issuer, client: '"><script>' }));
    assert.match((await app.inject("/")).body, /data-client="&#34;&#62;&#60;script&#62;"/);
    const empty = folder();
    writeFileSync(join(empty, "app-ABCDEF12.js"), "");
    assert.throws(() => pageRoutes(undefined, empty), /lacks its part early/);
  });
});
