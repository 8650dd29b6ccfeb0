import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Grant } from "../../server/page/browser/shapes";
import { startServer } from "../../server/server";
import { settingsOf } from "../../server/settings";
import { browserForTests } from "../support/browser";
import { type PlayedIssuer, playIssuer } from "../support/issuer";
import { fileOf, wellRunner } from "../support/own-service";
import { type PageWorld, playPageWorld } from "../support/page-world";
import { temporaryFolders } from "../support/temporary";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [390, 820, 1440];
const CLIENT = "kpaas-page";
const ADMINISTRATOR: readonly Grant[] = [{ role: "administrator" }];

describe("The service's page in a browser", function () {
  this.timeout(300_000);
  const folder = temporaryFolders();
  let browser: Browser;
  const ends: (() => Promise<void>)[] = [];

  before(async function () {
    const executablePath = browserForTests();
    if (executablePath === undefined) return this.skip();
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  after(async () => await browser?.close());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A service with its issuer, and a page of it; what the page asks of anybody, and what it complains of, is kept. */
  async function open({
    count = 60,
    grants = ADMINISTRATOR,
    seconds = 300,
    spoil = (claims: Record<string, unknown>) => claims,
    ...options
  }: BrowserContextOptions & {
    count?: number;
    grants?: readonly Grant[];
    seconds?: number;
    spoil?: (claims: Record<string, unknown>) => Record<string, unknown>;
  } = {}): Promise<Opened> {
    const issuer = await playIssuer(CLIENT, { kim: [] }, { seconds, spoil });
    ends.push(() => issuer.stop());
    const world = await playPageWorld(count, grants, { issuer: issuer.url, client: CLIENT });
    ends.push(() => world.stop());
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    ends.push(() => context.close());
    const page = await context.newPage();
    const told: string[] = [];
    const asked = new Set<string>();
    page.on("console", (message) => message.type() === "error" && told.push(message.text()));
    page.on("pageerror", (error) => told.push(error.message));
    page.on("request", (request) => asked.add(new URL(request.url()).origin));
    await page.goto(world.url);
    return { issuer, world, context, page, told, asked };
  }

  async function logIn(page: Page, user = "kim"): Promise<void> {
    await page.locator("main button.primary").click();
    await page.locator("[name=user]").fill(user);
    await page.keyboard.press("Enter");
    await page.locator(".brand[href]").waitFor();
  }

  /** Every view, shown whole. */
  async function* views(page: Page, world: PageWorld): AsyncGenerator<string> {
    const all = {
      fleet: ["#/", "tbody tr"],
      cluster: ["#/clusters/seoul", "svg .machine"],
      plan: [`#/operations/${world.operation}`, ".decide form"],
    };
    const more = {
      operations: ["#/operations", "tbody tr"],
      settings: ["#/settings", "#webhooks ~ table tbody tr"],
      audit: ["#/audit", "tbody tr"],
      nowhere: ["#/nothing", "main a"],
    };
    for (const [name, [hash = "", there = ""]] of Object.entries({ ...all, ...more })) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator(there).first().waitFor();
      if (name === "plan") await page.locator(".log time").nth(4).waitFor();
      yield name;
    }
  }

  for (const locale of ["en-US", "ko-KR"])
    for (const colorScheme of ["light", "dark"] as const)
      it(`has nothing that axe finds, and no view is wider than its window, ${locale}, ${colorScheme}`, async () => {
        // axe is put into the page from without, which its policy rightly refuses.
        const { page, world } = await open({ count: 24, locale, colorScheme, bypassCSP: true, reducedMotion: "reduce" });
        assert.deepEqual(await violations(page), [], "log-in");
        await logIn(page);
        assert.equal(await page.evaluate("document.documentElement.lang"), locale.slice(0, 2));
        for await (const view of views(page, world))
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            await page.waitForFunction(`innerWidth === ${width}`);
            await keep(page, `${view}-${locale.slice(0, 2)}-${colorScheme}-${width}`);
            // Between them nothing is laid out in a third way.
            if (width !== 820) assert.deepEqual(await violations(page), [], `${view}, ${width}`);
            const scroll = Number(await page.evaluate("document.documentElement.scrollWidth"));
            assert.ok(scroll <= width, `${view} is ${scroll} pixels wide in ${width}`);
          }
        // What opens before all else.
        await page.evaluate("location.hash = '#/clusters/edge-0001'");
        await page.locator(".buttons .danger").click();
        await page.locator("dialog[open] .danger").click();
        await page.locator("dialog [aria-invalid=true]").waitFor();
        assert.deepEqual(await violations(page), [], "dialog");
      });

  it("is gone through by keyboard alone: log in, find a cluster, read its plan, approve it, follow its log", async () => {
    const { page, world, told, asked, issuer } = await open({ locale: "en-US" });
    const press = async (key: string, times = 1) => {
      for (let time = 0; time < times; time++) await page.keyboard.press(key);
    };
    /** Presses Tab until something is reached, which is seen to have the focus. */
    const tabTo = async (name: RegExp) => {
      for (let time = 0; time < 120; time++) {
        await press("Tab");
        const { text, visible } = (await page.evaluate(FOCUSED)) as { readonly text: string; readonly visible: boolean };
        assert.ok(visible, `the focus on "${text}" is seen`);
        if (name.test(text)) return;
      }
      assert.fail(`nothing is called ${name}`);
    };
    await page.locator("main button.primary").waitFor();
    await tabTo(/^Log in$/);
    await press("Enter");
    await page.locator("[name=user]").waitFor();
    await page.keyboard.type("kim");
    await press("Enter");
    await page.locator("tbody tr").first().waitFor();
    assert.equal(new URL(page.url()).search, "", "the code does not stay in the address");

    await tabTo(/^Skip to the content$/);
    await press("Enter");
    await tabTo(/^Find by name/);
    await page.keyboard.type("seoul");
    await page.getByText("1 of 60 clusters").waitFor();
    await tabTo(/^seoul$/);
    await press("Enter");
    await page.waitForFunction("document.activeElement?.matches('h1') && document.activeElement.textContent === 'seoul'");
    await tabTo(/^Read the plan$/);
    await press("Enter");
    await page.locator(".decide form").waitFor();
    await tabTo(/^Type worker-1$/);
    await page.keyboard.type("worker-2");
    await press("Enter");
    await page.getByText("This is not worker-1.").waitFor();
    await page.waitForFunction("document.activeElement?.getAttribute('aria-invalid') === 'true'");
    assert.equal(world.sent.length, 0, "what was mistyped is not sent");
    await press("Control+a");
    await page.keyboard.type("worker-1");
    await tabTo(/^Approve and begin$/);
    await press("Enter");
    await page.getByText("Approved: it has begun.").waitFor();
    const [approval] = world.sent;
    assert.equal(approval?.path, `/api/v1/operations/${world.operation}/approval`);
    assert.deepEqual(approval?.body, { digest: "9b1f6f3f5f7c1f2a9b1f6f3f5f7c1f2a9b1f6f3f5f7c1f2a9b1f6f3f5f7c1f2a", names: ["worker-1"] });
    await page.getByText("bring up of seoul: under way").waitFor();
    await tabTo(/^Log/);
    await press("End");
    await page.getByText("line 5 of what was said").waitFor();

    assert.deepEqual(
      told.filter((text) => !text.includes("404")),
      [],
      "nothing breaks the page's policy, and nothing fails",
    );
    assert.deepEqual([...asked].sort(), [world.url, issuer.url].sort(), "nobody else is asked for anything");
    assert.deepEqual(await page.evaluate("Object.keys(localStorage)"), []);
    assert.deepEqual(await page.evaluate("Object.entries(sessionStorage)"), [["kpaas.was-in", "yes"]], "no token is kept");
  });

  it("asks the service itself: one begins a change, another reads its plan and approves it, and it is followed to its end", async () => {
    const users = { kim: ["kpaas-operator"], lee: ["kpaas-approver"] };
    const issuer = await playIssuer(CLIENT, users);
    ends.push(() => issuer.stop());
    const flags = { issuer: issuer.url, audience: "kpaas", pageClient: CLIENT };
    const settings = settingsOf({ ...flags, listen: "127.0.0.1:0", data: folder(), sandbox: true }, {});
    const runner = wellRunner();
    runner.says = ({ step }) => `${step} has begun\n${step} has ended\n`;
    const service = await startServer(settings, { write: () => undefined }, runner);
    ends.push(() => service.stop());
    const headers = { authorization: `Bearer ${await issuer.token("kim")}`, "content-type": "application/json" };
    const body = JSON.stringify({ text: fileOf("seoul") });
    assert.equal((await fetch(`${service.url}/api/v1/environments/seoul`, { method: "PUT", headers, body })).status, 201);

    const told: string[] = [];
    const enter = async (user: string) => {
      const context = await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 } });
      ends.push(() => context.close());
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && told.push(message.text()));
      page.on("pageerror", (error) => told.push(error.message));
      await page.goto(service.url);
      await logIn(page, user);
      await page.getByRole("link", { name: "seoul" }).click();
      await page.locator("svg .machine").first().waitFor();
      return page;
    };
    const kim = await enter("kim");
    await kim.getByRole("button", { name: "Bring up …" }).click();
    await kim.getByRole("button", { name: "Make the plan" }).click();
    await kim.getByText("Somebody with the role approver has to decide.").waitFor();
    const lee = await enter("lee");
    await lee.getByRole("link", { name: "Read the plan" }).click();
    await lee.getByText("3 to create, 0 to change").waitFor();
    await lee.getByRole("button", { name: "Approve and begin" }).click();
    for (const page of [lee, kim]) {
      await page.locator(".facts .tag.good").waitFor();
      await page.getByText("up has ended").waitFor();
    }
    await kim.goto(`${service.url}/#/clusters/seoul`);
    await kim.locator("#operations ~ table .tag.good").waitFor();
    assert.deepEqual(
      told.filter((text) => !/ 40[49] /.test(text)),
      [],
    );
  });

  it("opens what asks before all else, keeps the focus within, and gives it back", async () => {
    const { page, world } = await open({ locale: "en-US" });
    await logIn(page);
    await page.goto(`${world.url}/#/clusters/edge-0001`);
    await page.locator(".buttons .danger").focus();
    await page.keyboard.press("Enter");
    assert.match(
      String(await page.locator("dialog[open]").textContent()),
      /All of its 5 machines are deleted, with their volumes.*cannot be undone/,
    );
    for (let time = 0; time < 6; time++) {
      await page.keyboard.press("Tab");
      assert.ok(
        await page.evaluate(
          "document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)",
        ),
      );
    }
    await page.locator("dialog [name=name]").fill("edge-0002");
    await page.keyboard.press("Enter");
    await page.getByText("This is not edge-0001.").waitFor();
    assert.equal(world.sent.length, 0);
    await page.keyboard.press("Escape");
    await page.waitForFunction("document.activeElement?.textContent === 'Take down …'");
    await page.keyboard.press("Enter");
    await page.locator("dialog [name=name]").fill("edge-0001");
    await page.keyboard.press("Enter");
    await page.waitForURL(/operations/);
    const [begun] = world.sent;
    assert.deepEqual([begun?.path, begun?.body], ["/api/v1/environments/edge-0001/operations", { kind: "destroy" }]);
    assert.match(String(begun?.headers["idempotency-key"]), /^[0-9a-f-]{36}$/);
  });

  it("offers what somebody may do, and says what they may not", async () => {
    const { page, world } = await open({ locale: "en-US", grants: [{ role: "viewer" }] });
    await logIn(page);
    assert.deepEqual(await page.locator("nav a").allTextContents(), ["Clusters", "Operations"]);
    await page.evaluate("location.hash = '#/clusters/edge-0001'");
    await page.getByText("You may look, and change nothing here. This takes the role operator.").waitFor();
    assert.equal(await page.locator("main .buttons button").count(), 0);
    await page.evaluate(`location.hash = '#/operations/${world.operation}'`);
    await page.getByText("Somebody with the role approver has to decide.").waitFor();
  });

  it("says what is wrong, all of it, with the request's number", async () => {
    const { page } = await open({ locale: "en-US" });
    await logIn(page);
    await page.evaluate("location.hash = '#/clusters/edge-0001'");
    await page.getByRole("button", { name: "Change the file" }).click();
    await page.getByRole("button", { name: "Save the file" }).click();
    const failure = page.locator("main form .failure");
    await failure.waitFor();
    const text = String(await failure.textContent());
    for (const part of ["It is in the way of something else", "expects", "the file was changed since", "read it again", "request-0001"])
      assert.ok(text.includes(part), part);
    assert.ok(await page.evaluate("document.activeElement.matches('.failure')"), "it is read at once");
  });

  it("shows how a file differs that somebody else has changed meanwhile, and writes over it only after that", async () => {
    const { page, world } = await open({ locale: "en-US" });
    await logIn(page);
    await page.evaluate("location.hash = '#/clusters/edge-0001'");
    await page.getByRole("button", { name: "Change the file" }).click();
    const text = page.locator("main form textarea");
    const before = await text.inputValue();
    await text.fill(`${before}labels: { newer: mine }\n`);
    await page.getByRole("button", { name: "Save the file" }).click();
    const difference = page.locator(".difference");
    await difference.waitFor();
    assert.match(String(await difference.locator(".first").textContent()), /release: 1\.7\.0/);
    assert.match(String(await difference.locator(".second").textContent()), /newer: mine/);
    await keep(page, "difference");
    await page.getByRole("button", { name: "I have read that: go on with mine" }).click();
    assert.match(await text.inputValue(), /newer: mine/);
    await page.getByRole("button", { name: "Save the file" }).click();
    await page.getByText("The file is saved.").waitFor();
    assert.deepEqual(
      world.sent.map(({ body }) => (body as { readonly expects: string }).expects),
      ["4f1c0de4f1c0de", "5a5a5a5a5a5a5a"],
    );
  });

  it("has accounts tried out and webhooks' secrets shown once, by an administrator", async () => {
    const { page, world } = await open({ locale: "en-US" });
    await logIn(page);
    await page.evaluate("location.hash = '#/settings'");
    await page.getByRole("button", { name: "Try it out: team platform" }).click();
    await page.getByText("team platform: the log-in does not work").waitFor();
    await page.getByText("credentials.password").waitFor();
    await page.locator("#accounts ~ .buttons select").selectOption("AWS");
    await page.getByRole("button", { name: "Add an account …" }).click();
    await page.locator("dialog [name=name]").fill("second");
    await page.locator("dialog [name=region]").fill("ap-northeast-2");
    await page.locator("dialog [name='credentials.accessKey']").fill("AKIA");
    const secret = page.locator("dialog [name='credentials.secretKey']");
    assert.equal(await secret.getAttribute("type"), "password");
    await secret.fill("canary");
    await page.locator("dialog button[type=submit]").click();
    await page.getByText("The account is added.").waitFor();
    const added = world.sent.find(({ path, method }) => method === "POST" && path === "/api/v1/accounts")?.body;
    const credentials = { accessKey: "AKIA", secretKey: "canary" };
    assert.deepEqual(added, { name: "second", provider: "AWS", region: "ap-northeast-2", credentials });
    await page.getByRole("button", { name: "Add a webhook …" }).click();
    await page.locator("dialog [name=url]").fill("https://hooks.example.org/two");
    await page.locator("dialog button[type=submit]").click();
    await page.getByText("shown-this-once").waitFor();
    await page.getByRole("button", { name: "What was told: https://hooks.example.org/kpaas" }).click();
    await page.getByText("What https://hooks.example.org/kpaas was told, newest first").first().waitFor();
  });

  it("says that the connection is lost, and goes on after the last line once it is back", async () => {
    const { page, world } = await open({ locale: "en-US" });
    await logIn(page);
    await page.evaluate(`location.hash = '#/operations/${world.operation}'`);
    await page.getByText("line 5 of what was said").waitFor();
    world.fail(true);
    await page.getByText("The connection to the service is lost.").waitFor();
    world.fail(false);
    await page.getByText("line 10 of what was said").waitFor();
    await page.getByText("The connection is back.").waitFor();
    assert.equal(await page.getByText("line 5 of what was said").count(), 1, "no line comes twice");
  });

  it("takes another token before one ends, and says that a session has ended", async () => {
    const { page, issuer, told } = await open({ locale: "en-US", seconds: 31 });
    await logIn(page);
    await page.locator("tbody tr").first().waitFor();
    await page.waitForTimeout(1_100);
    await page.evaluate("location.hash = '#/audit'");
    await page.locator("tbody tr").first().waitFor();
    assert.ok(issuer.grants.includes("refresh_token"));
    issuer.endSessions();
    await page.waitForTimeout(1_100);
    await page.evaluate("location.hash = '#/clusters/seoul'");
    await page.getByText("Your session has ended.").waitFor();
    await logIn(page);
    await page.getByRole("heading", { level: 1, name: "seoul" }).waitFor();
    assert.deepEqual(
      told.filter((text) => !/ 40[04] /.test(text)),
      [],
    );
  });

  it("believes no answer to what was not asked, nor one that is of somebody else", async () => {
    const { page, world } = await open({ locale: "en-US", spoil: (claims) => ({ ...claims, nonce: "another" }) });
    await page.locator("main button.primary").click();
    await page.locator("[name=user]").fill("kim");
    await page.keyboard.press("Enter");
    await page.getByText("has refused (nonce)").waitFor();
    await page.goto(`${world.url}/?code=stolen&state=guessed`);
    await page.getByText("has refused (state)").waitFor();
  });

  it("keeps language and colours that were chosen, logs in again by itself after a reload, and logs out", async () => {
    const { page, issuer } = await open({ locale: "en-US", colorScheme: "light" });
    await logIn(page);
    await page.locator(".display summary").click();
    await page.locator("#language").selectOption("ko");
    await page.locator("#theme").selectOption("dark");
    await page.getByRole("heading", { level: 1, name: "클러스터" }).waitFor();
    await page.evaluate("location.hash = '#/clusters/seoul'");
    await page.reload();
    // The played issuer keeps no session of its own, so it asks anew.
    await page.locator("[name=user]").fill("kim");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "seoul" }).waitFor();
    assert.deepEqual(await page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]"), ["ko", "dark"]);
    assert.equal(await page.evaluate("getComputedStyle(document.body).colorScheme"), "dark");
    assert.ok(issuer.grants.length === 2);
    await page.locator(".menu summary").last().click();
    await page.getByRole("button", { name: "로그아웃" }).click();
    await page.locator("main.login button.primary").waitFor();
    assert.deepEqual(await page.evaluate("Object.keys(sessionStorage)"), []);
  });

  it("draws a thousand clusters, and narrows them, within 100 ms of the browser's script time", async () => {
    const { page, context } = await open({ locale: "en-US", count: 1_000 });
    await logIn(page);
    await page.getByText("1,000 of 1,000 clusters").waitFor();
    const script = await scriptTime(context, page);
    // A machine that others use makes any one of them slow; none of them is fast by chance.
    const renders: number[] = [];
    for (let time = 0; time < 3; time++) {
      await page.evaluate("location.hash = '#/audit'");
      await page.getByRole("button", { name: "Check that it is whole" }).waitFor();
      await page.waitForTimeout(500);
      const before = await script();
      await page.evaluate("location.hash = '#/'");
      await page.getByText("1,000 of 1,000 clusters").waitFor();
      await page.locator("tbody tr").nth(99).waitFor();
      renders.push((await script()) - before);
    }
    const first = Math.min(...renders);
    const filter: number[] = [];
    for (const letter of "edge-09") {
      const start = await script();
      await page.locator("#find").press(letter);
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
      filter.push((await script()) - start);
    }
    await page.getByText("100 of 1,000 clusters").waitFor();
    const key = filter.sort((one, other) => one - other)[Math.floor(filter.length / 2)] ?? 0;
    console.log(`      first render ${first.toFixed(0)} ms, a key of a filter ${key.toFixed(0)} ms of script`);
    assert.ok(first <= 100 && key <= 100, `first render ${first} ms, filter ${filter.join(", ")} ms`);
    await page.locator("#find").fill("");
    await page.getByText("1,000 of 1,000 clusters").waitFor();
    await page.locator(".more").scrollIntoViewIfNeeded();
    await page.locator("tbody tr").nth(199).waitFor();
  });
});

interface Opened {
  readonly issuer: PlayedIssuer;
  readonly world: PageWorld;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly told: readonly string[];
  readonly asked: ReadonlySet<string>;
}

/** What is in the window's own language, since it runs there: the name of what has the focus, and whether it is seen. */
const FOCUSED = `(() => {
  const { activeElement: found } = document;
  const { width, height, left } = found.getBoundingClientRect();
  const label = found.labels?.[0]?.textContent ?? document.getElementById(found.getAttribute("aria-labelledby") ?? "")?.textContent;
  const isBody = found === document.body;
  return { text: isBody ? "" : (label ?? found.textContent).trim().slice(0, 60), visible: isBody || (width > 1 && height > 1 && left >= 0) };
})()`;

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found } = (await page.evaluate("axe.run()")) as AxeResults;
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Milliseconds of script that the page has run so far. */
async function scriptTime(context: BrowserContext, page: Page): Promise<() => Promise<number>> {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1_000 * (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0);
  };
}

async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.KPAAS_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
