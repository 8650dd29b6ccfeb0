import assert from "node:assert/strict";
import { command } from "./fixture";

describe("kpaas releases", () => {
  it("shows every release with what can be done with it here", async () => {
    const { code, stdout } = await command(["releases"]);
    assert.equal(code, 0);
    assert.match(stdout, /^RELEASE +DATE +KUBERNETES +MENDED UNTIL +KUBESPRAY +HERE$/m);
    assert.match(stdout, /^1\.7\.0\+maintained +2026-11-27 +1\.35\.4 +2027-02-28 +v2\.31\.0 +brought up$/m);
    assert.match(stdout, /^1\.7\.0\+step-1 +2026-11-27 +1\.33\.5 +2026-06-28 +v2\.29\.0 +a step on the way$/m);
    assert.match(stdout, /^1\.6\.1 +2025-04-17 +1\.31\.4 +2025-11-11 +v2\.27\.0 +upgraded from$/m);
    assert.match(stdout, /^1\.4\.0 +2022-12-08 +1\.24\.6 +2023-07-28 +- +told of alone$/m);
  });

  it("shows what one consists of, an earlier one too", async () => {
    const { stdout } = await command(["releases", "1.7.0+maintained"]);
    assert.match(stdout, /^mariadb +12\.3\.2 +2029-06-12 +GPL-2\.0-only *$/m);
    assert.match(stdout, /^ingress-nginx +1\.15\.1 +2026-03-31 +Apache-2\.0 +the last version/m);
    const { parts } = JSON.parse((await command(["releases", "1.6.0", "--json"])).stdout);
    assert.deepEqual(
      parts.find(({ name }: { name: string }) => name === "mariadb"),
      { name: "mariadb", version: "11.4.3", endOfLife: "2029-05-29" },
    );
  });

  it("shows what differs from another one", async () => {
    const { stdout } = await command(["releases", "1.7.0", "--from", "1.6.2"]);
    assert.match(stdout, /^NAME +FROM +TO$/m);
    assert.match(stdout, /^mariadb +11\.4\.7 +12\.0\.2$/m);
    assert.doesNotMatch(stdout, /metallb/);
    // In the order in which it comes, with what no source says last.
    assert.match(
      stdout,
      /^WHEN +SERVICE +WHAT$[\s\S]+^before +mariadb[\s\S]+^by up +portal +tables that are missing[\s\S]+^nobody says +portal/m,
    );
    const mesh = ["istioBase", "istioCni", "istio", "istioGateway"];
    const { moves, steps } = JSON.parse((await command(["releases", "1.7.0+maintained", "--from", "1.7.0", "--json"])).stdout);
    assert.deepEqual(
      [moves, steps],
      [
        [],
        [
          { release: "1.7.0+step-1", names: [...mesh, "rookCeph"] },
          { release: "1.7.0+step-2", names: mesh },
        ],
      ],
    );
    const between = (await command(["releases", "1.7.0+maintained", "--from", "1.7.0+step-1"])).stdout;
    assert.match(between, /^by up +rookCeph +what mounts volumes goes from Rook's chart to one of its own/m);
    assert.match(between, /^With istio.*, by 1\.7\.0\+step-2 first: /m);
    assert.match(
      (await command(["releases", "1.7.0+maintained", "--from", "1.6.2"])).stdout,
      /^With istio.*, rookCeph, by 1\.7\.0\+step-1 first: `kpaas releases 1\.7\.0\+step-1 --from 1\.6\.2`$/m,
    );
    const { changes } = JSON.parse((await command(["releases", "1.6.1", "--from", "1.4.0", "--json"])).stdout);
    assert.deepEqual(changes[0], { name: "kubernetes", was: "1.24.6", becomes: "1.31.4" });
    assert.equal((await command(["releases", "--from", "1.6.2"])).code, 2);
  });

  it("names those there are where another is asked for", async () => {
    const { code, stderr } = await command(["releases", "9.9.9"]);
    assert.equal(code, 2);
    assert.match(stderr, /9\.9\.9 is no release .*\n.*1\.7\.0, 1\.7\.0\+step-1, 1\.7\.0\+step-2, 1\.7\.0\+maintained, 1\.6\.2, 1\.6\.1\.1/);
  });
});
