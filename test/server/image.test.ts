import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../engine/paths";

const TOOLS = join(packageRoot(), "tools", "server");

describe("The image of the service", () => {
  it("is made of every folder that the compilation needs, and of no other", () => {
    const text = readFileSync(join(TOOLS, "Containerfile"), "utf8");
    const copied = [...text.matchAll(/^COPY ([a-z]+) \1$/gm)].map(([, folder]) => String(folder));
    const { include } = JSON.parse(readFileSync(join(packageRoot(), "tsconfig.json"), "utf8")) as { include: string[] };
    const wanted = include.map((glob) => String(glob.split("/")[0]));
    for (const folder of wanted) assert.ok(copied.includes(folder), `${folder} is compiled and not copied`);
    for (const folder of copied) assert.ok(existsSync(join(packageRoot(), folder)), folder);
    assert.ok(!copied.includes("environments") && !/^COPY \. /m.test(text));
    assert.match(text, /^USER 10001:10001$/m);
    assert.ok(readdirSync(TOOLS).includes("start.sh"));
    assert.match(text, /npm run build .*&& node tools\/server\/lean\.mjs$/m);
  });
});
