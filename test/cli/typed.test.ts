import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createColors } from "picocolors";
import type { Modules } from "../../cli/modules";
import { summarize } from "../../cli/summary";
import { commandLine, Typed } from "../../cli/typed";
import { OperationFailedError } from "../../engine/errors";
import { filesIn } from "../support/project";
import { temporaryFolders } from "../support/temporary";
import { command, PLAN } from "./fixture";

/** A command line that has loaded an environment called `seoul` by this reference. */
async function typed(argv: string, reference: string): Promise<Typed> {
  const one = new Typed(argv.split(" "));
  const loaded = { name: "seoul" };
  // biome-ignore lint/suspicious/noExplicitAny: the one part that matters.
  const modules: any = { environments: async () => ({ loadEnvironment: () => loaded }) };
  const environments = await one.modules(modules satisfies Modules).environments();
  environments.loadEnvironment(reference, "/work");
  return one;
}

describe("a command that a text names", () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    ["up ./s.yaml --sandbox --yes", "./s.yaml", "kpaas up seoul", "kpaas up ./s.yaml --sandbox"],
    ["up ./s.yaml --sandbox --yes", "./s.yaml", "kpaas lock seoul", "kpaas lock ./s.yaml"],
    ["up seoul --yes", "seoul", "kpaas destroy seoul --layer platform", "kpaas destroy seoul --layer platform"],
    ["outputs s.yaml --sandbox", "s.yaml", "kpaas up seoul --sandbox", "kpaas up s.yaml --sandbox"],
    ["up 'a b.yaml'", "a b.yaml", "kpaas check seoul", "kpaas check 'a b.yaml'"],
    ["up ./s.yaml --sandbox", "./s.yaml", "kpaas refresh", "kpaas refresh ./s.yaml --sandbox"],
    ["plan ./s.yaml", "./s.yaml", "kpaas plan --show images", "kpaas plan ./s.yaml --show images"],
    ["up ./s.yaml --sandbox", "./s.yaml", "kpaas doctor", "kpaas doctor"],
    ["cluster health ./s.yaml --sandbox", "./s.yaml", "kpaas cluster backup", "kpaas cluster backup ./s.yaml --sandbox"],
    ["up ./s.yaml", "./s.yaml", "kpaas cluster restore seoul --from x", "kpaas cluster restore ./s.yaml --from x"],
    ["state restore ./s.yaml --sandbox", "./s.yaml", "kpaas state backup seoul", "kpaas state backup ./s.yaml --sandbox"],
    ["up ./s.yaml --sandbox", "./s.yaml", "kpaas state secrets seoul --provider p", "kpaas state secrets ./s.yaml --provider p"],
    ["up ./s.yaml", "./s.yaml", "kpaas state list", "kpaas state list"],
    ["up ./s.yaml", "./s.yaml", "kpaas cluster --help", "kpaas cluster --help"],
    ["up ./s.yaml --sandbox", "./s.yaml", "kpaas up --help", "kpaas up --help"],
    ["up ./s.yaml", "./s.yaml", "kpaas ssh", "kpaas ssh"],
    ["fleet resume --sandbox", "seoul", "kpaas fleet up", "kpaas fleet up --sandbox"],
    ["fleet up ./f.yaml --sandbox", "seoul", "kpaas fleet resume --approve rest", "kpaas fleet resume ./f.yaml --approve rest --sandbox"],
    ["fleet up f.yaml --plan p.yaml", "seoul", "kpaas fleet preview --offline", "kpaas fleet preview f.yaml --offline"],
    ["fleet up --sandbox --report r.yaml", "seoul", "kpaas fleet up --via operator", "kpaas fleet up --via operator"],
    ["fleet resume --sandbox", "seoul", "kpaas fleet resume --sandbox", "kpaas fleet resume --sandbox"],
    ["fleet up --sandbox", "seoul", "kpaas fleet up --help", "kpaas fleet up --help"],
    ["up ./s.yaml", "./s.yaml", "kpaas init NAME --provider P", "kpaas init NAME --provider P"],
  ];
  for (const [argv, reference, named, said] of table) {
    it(`names the environment as it was typed: ${named} after ${argv}`, async () => {
      const one = await typed(argv, reference);
      assert.equal(one.command(named), said);
      assert.equal(one.text(`do this: \`${named}\`, please`), `do this: \`${said}\`, please`);
    });
  }

  it("stays as it is for any of several environments", async () => {
    const one = await typed("check", "seoul");
    assert.equal(new Typed(["check"]).command("kpaas up"), "kpaas up");
    assert.equal(one.command("kpaas up busan"), "kpaas up busan");
  });

  it("is so after a success too, on a terminal of any width", async () => {
    const one = await typed("up ./s.yaml --sandbox", "./s.yaml");
    const result = {
      environment: "seoul",
      changes: { create: 1, update: 0, replace: 0, delete: 0, same: 0 },
      steps: [],
      outputs: {},
      before: {},
      seconds: 1,
      resources: [],
      approved: [],
    };
    const style = { width: 40, colors: createColors(false) };
    const lines = summarize({ plan: PLAN, sandbox: true }, result, style, one.command);
    assert.deepEqual(lines.slice(-2), [
      "credentials: kpaas outputs ./s.yaml --sandbox --show-secrets",
      "next: kpaas kubeconfig ./s.yaml --sandbox --output FILE; change the file and kpaas preview ./s.yaml --sandbox",
    ]);
    const below = summarize({ plan: PLAN, sandbox: true, layer: "infrastructure" }, result, style, one.command);
    assert.deepEqual(below.slice(-3), [
      "the infrastructure of seoul is up in the sandbox (simulated: nothing of it is real) after 0:01: 1 created",
      "credentials: kpaas outputs ./s.yaml --sandbox --show-secrets",
      "next: kpaas up ./s.yaml --sandbox --layer cluster",
    ]);
    assert.doesNotMatch(below.join("\n"), /Kubernetes API|kubeconfig/);
  });

  it("is so in what a failure says and in its JSON", async () => {
    const failure = new OperationFailedError("seoul is lost: run `kpaas refresh seoul`");
    const { stderr } = await command(["up", "./s.yaml", "--sandbox", "--yes"], { failure });
    assert.match(stderr, /run `kpaas refresh \.\/s\.yaml --sandbox`\nnext: kpaas refresh \.\/s\.yaml --sandbox\n$/);
    const { stdout } = await command(["up", "./s.yaml", "--sandbox", "--yes", "--json"], { failure });
    assert.match(JSON.parse(stdout).problems[0].reason, /`kpaas refresh \.\/s\.yaml --sandbox`/);
  });

  it("is made in backquotes, or by the one who knows how it was typed", () => {
    const root = join(__dirname, "..", "..", "..");
    const made = ["cli", "operate", "engine", "stacks", "files", "reach", "host", "model", "components", "providers", "plugin", "sandbox"]
      .flatMap((folder) => filesIn(join(root, folder)))
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(/(.?)kpaas (?!completion|for)[a-z]+ \$\{/g)].flatMap(([text, before]) =>
          before === "`" ? [] : [`${relative(root, file)}: ${text}`],
        ),
      );
    assert.deepEqual(made, []);
    assert.equal(commandLine(["up", "", "a b"]), "kpaas up 'a b'");
  });
});

describe("what is past its end of life", () => {
  const folder = temporaryFolders();

  it("is told once a day, and always where it is asked for", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, ".kpaas"));
    const warning = {
      environment: "seoul",
      path: "cluster.kubernetes",
      reason: "Kubernetes 1.30 is past its end of life since 2025-06-28",
      remedy: "move on",
      severity: "warning" as const,
    };
    const problems = [warning, { ...warning, reason: "something else" }];
    const tells = async (line: string, text: string) => (await command(line.split(" "), { cwd, problems })).stderr.includes(text);
    assert.deepEqual([await tells("plan seoul", "end of life"), await tells("up seoul --yes --sandbox", "end of life")], [true, false]);
    assert.ok(await tells("preview seoul", "something else"), "others are told each time");
    assert.ok(await tells("check seoul", "end of life"));
    const file = join(cwd, ".kpaas", "warned", "seoul");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d{4}/, "2020"));
    assert.ok(await tells("preview seoul", "end of life"), "the next day");
  });
});
