import assert from "node:assert/strict";
import type { Ended } from "../../../model/fleet/records";
import { fileOf, gitLog, type OwnService, playOwn, previewPrinted, wellRunner } from "../../support/own-service";
import { serviceFolders } from "../../support/service-folders";

const OPERATOR = "kpaas-operator,kim";
const APPROVER = "kpaas-approver,lee";
const BOTH = "kpaas-operator,kpaas-approver,park";
const ADMINISTRATOR = "cp-cluster-admin-role,choi";

describe("Operations that somebody asks for by HTTP", () => {
  const folder = serviceFolders();
  let own: OwnService;
  let data: string;

  const start = async (files: Record<string, string> = { seoul: fileOf("seoul") }, runner = wellRunner()) => {
    data = folder();
    own = await playOwn(data, files, runner);
    return runner;
  };
  afterEach(() => own.close());
  const until = async (id: string, ...states: readonly string[]) => {
    for (;;) {
      const { body } = await own.ask(ADMINISTRATOR, "GET", `/api/v1/operations/${id}`);
      if (states.includes(body.state)) return body;
      await new Promise(setImmediate);
    }
  };
  const asked = async (kind: string, body: object = {}, roles = OPERATOR) =>
    await own.ask(roles, "POST", "/api/v1/environments/seoul/operations", { kind, ...body });
  const planned = async (kind = "up", body: object = {}) => {
    const { body: operation } = await asked(kind, body);
    await until(operation.id, "planned");
    const { body: plan } = await own.ask(APPROVER, "GET", `/api/v1/operations/${operation.id}/plan`);
    return { id: operation.id as string, plan };
  };
  const approve = (id: string, body: object, roles = APPROVER) => own.ask(roles, "POST", `/api/v1/operations/${id}/approval`, body);
  const actions = async () => {
    const { body } = await own.ask(ADMINISTRATOR, "GET", "/api/v1/audit?limit=500");
    return body.items.map(({ action, detail }: { action: string; detail: { outcome?: string } }) =>
      detail.outcome ? `${action} ${detail.outcome}` : action,
    );
  };

  it("are planned, approved by somebody else, held against the plan, and done", async () => {
    const runner = await start();
    const answer = await asked("up");
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.location, `/api/v1/operations/${answer.body.id}`);
    await until(answer.body.id, "planned");
    assert.deepEqual(runner.launched, ["preview.1"]);
    const { body: plan } = await own.ask("kpaas-viewer", "GET", `/api/v1/operations/${answer.body.id}/plan`);
    assert.deepEqual([plan.counts.create, plan.needs, plan.fourEyes, plan.commit.length], [3, [], true, 40]);
    assert.equal((await approve(answer.body.id, { digest: "other" })).status, 409);
    assert.equal((await approve(answer.body.id, { digest: plan.digest }, OPERATOR)).status, 403);
    assert.equal((await approve(answer.body.id, { digest: plan.digest })).status, 200);
    const done = await until(answer.body.id, "done");
    assert.deepEqual(runner.launched, ["preview.1", "preview.2", "up.3"]);
    assert.deepEqual([done.askedBy, done.approvedBy, done.result.counts.create], [`test#${OPERATOR}`, `test#${APPROVER}`, 3]);
    assert.equal((await approve(answer.body.id, { digest: plan.digest })).status, 409);
    const { body: environment } = await own.ask("kpaas-viewer", "GET", "/api/v1/environments/seoul");
    assert.deepEqual([environment.state, environment.last.id, environment.operation], ["up", done.id, undefined]);
    assert.deepEqual(await actions(), [
      "operation.up",
      "approveOperation refused",
      "approveOperation refused",
      "operation.approve",
      "operation.end done",
      "approveOperation refused",
    ]);
  });

  it("are approved by who has asked only where the label approval says so, which an administrator sets", async () => {
    await start();
    const { body: operation } = await asked("up", {}, BOTH);
    await until(operation.id, "planned");
    const { body: own_ } = await own.ask(BOTH, "GET", `/api/v1/operations/${operation.id}/plan`);
    const refused = await approve(operation.id, { digest: own_.digest }, BOTH);
    assert.deepEqual([refused.status, refused.body.detail], [403, "you have asked for this: somebody else has to approve it"]);
    await own.ask(APPROVER, "POST", `/api/v1/operations/${operation.id}/rejection`, { reason: "no" });
    const { body: now } = await own.ask(BOTH, "GET", "/api/v1/environments/seoul");
    const text = now.text.replace("team: platform", "team: platform, approval: own");
    const loosened = { text, expects: now.commit };
    assert.equal((await own.ask(BOTH, "PUT", "/api/v1/environments/seoul", loosened)).status, 403);
    assert.equal((await own.ask(ADMINISTRATOR, "PUT", "/api/v1/environments/seoul", loosened)).status, 200);
    const { body: again } = await asked("up", {}, BOTH);
    await until(again.id, "planned");
    const { body: third } = await own.ask(BOTH, "GET", `/api/v1/operations/${again.id}/plan`);
    assert.equal(third.fourEyes, false);
    assert.equal((await approve(again.id, { digest: third.digest }, BOTH)).status, 200);
    await until(again.id, "done");
  });

  it("are stopped where they would do something else than was approved", async () => {
    let shown = "f1";
    const runner = await start(
      { seoul: fileOf("seoul") },
      wellRunner(({ step }) => (step === "preview" ? { outcome: "done", fingerprint: shown } : undefined)),
    );
    const { id, plan } = await planned();
    shown = "f2";
    await approve(id, { digest: plan.digest });
    const { reason } = await until(id, "failed");
    assert.match(reason, /another by now than was approved/);
    assert.ok(!runner.launched.some((step) => step.startsWith("up")));
  });

  it("are not approved once the file was changed", async () => {
    await start();
    const { id, plan } = await planned();
    const { body } = await own.ask(OPERATOR, "GET", "/api/v1/environments/seoul");
    const changed = await own.ask(OPERATOR, "PUT", "/api/v1/environments/seoul", { text: `${body.text}# more\n`, expects: body.commit });
    assert.equal(changed.status, 200);
    const late = await approve(id, { digest: plan.digest });
    assert.deepEqual([late.status, /file was changed/.test(late.text)], [409, true]);
  });

  it("have each danger named by who approves", async () => {
    const approval = "environment:drop-database@0123456789ab";
    const refusal = JSON.stringify({
      problems: [
        { path: "platform.services.mariadb", reason: "the database goes", remedy: `add --approve ${approval}`, severity: "error" },
      ],
    });
    let given = false;
    const refused: Ended = { outcome: "failed", reason: "the database goes", transient: false };
    const runner = wellRunner(({ step, attempt }) => (step === "preview" && attempt === 1 ? refused : undefined));
    runner.prints = ({ attempt }) => {
      given ||= attempt > 1;
      const approved = [{ approval, path: "platform.services.mariadb", reason: "the database goes" }];
      return attempt === 1 ? refusal : previewPrinted(1, { approved });
    };
    await start({ seoul: fileOf("seoul") }, runner);
    const { id, plan } = await planned();
    assert.ok(given);
    assert.deepEqual(plan.needs, ["environment:drop-database"]);
    const bare = await approve(id, { digest: plan.digest });
    assert.deepEqual([bare.status, bare.body.problems[0].path], [422, "names"]);
    assert.equal((await approve(id, { digest: plan.digest, names: [...plan.needs, "other:remove"] })).status, 400);
    assert.equal((await approve(id, { digest: plan.digest, names: plan.needs })).status, 200);
    assert.deepEqual((await until(id, "done")).approvals, [approval]);
  });

  it("destroy only what is named, and take the file away where that was asked for", async () => {
    const runner = await start();
    const { id, plan } = await planned("destroy", { removeFile: true });
    assert.deepEqual([plan.lost, plan.needs], [["a volume"], ["seoul"]]);
    assert.equal((await approve(id, { digest: plan.digest })).status, 422);
    assert.equal((await approve(id, { digest: plan.digest, names: ["seoul"] })).status, 200);
    await until(id, "done");
    assert.deepEqual(runner.launched, ["loss.1", "loss.2", "destroy.3"]);
    assert.equal((await own.ask(OPERATOR, "GET", "/api/v1/environments/seoul")).status, 404);
    assert.match(gitLog(data, "--format=%s", "-1"), /^Remove seoul$/m);
    // What was done with it is seen by those who could see it.
    assert.equal((await own.ask("kpaas-viewer:team=platform", "GET", `/api/v1/operations/${id}`)).status, 200);
    assert.equal((await own.ask("kpaas-viewer:team=edge", "GET", `/api/v1/operations/${id}`)).status, 404);
  });

  it("are one at a time, cancelled where they wait, and at the next step where they run", async () => {
    await start();
    const { id, plan } = await planned();
    const second = await asked("up");
    assert.deepEqual([second.status, second.text.includes(id)], [409, true]);
    await own.ask(OPERATOR, "POST", `/api/v1/operations/${id}/cancel`);
    assert.equal((await until(id, "cancelled")).cancelledBy, `test#${OPERATOR}`);
    assert.equal((await approve(id, { digest: plan.digest })).status, 409);
    assert.equal((await own.ask(OPERATOR, "POST", `/api/v1/operations/${id}/cancel`)).status, 409);
  });

  it("that failed go on from where they stopped, and only with the file that was approved", async () => {
    let broken = true;
    const runner = await start(
      { seoul: fileOf("seoul") },
      wellRunner(({ step }) => (step === "up" && broken ? { outcome: "failed", reason: "quota" } : undefined)),
    );
    const { id, plan } = await planned();
    await approve(id, { digest: plan.digest });
    assert.equal((await until(id, "failed")).reason, "quota");
    broken = false;
    assert.equal((await own.ask(OPERATOR, "POST", `/api/v1/operations/${id}/retry`)).status, 202);
    await until(id, "done");
    assert.deepEqual(runner.launched, ["preview.1", "preview.2", "up.3", "up.5"]);
    assert.equal((await own.ask(OPERATOR, "POST", `/api/v1/operations/${id}/retry`)).status, 409);
  });

  it("are the same ones where the same request comes again", async () => {
    await start();
    const send = (kind: string, key: string, roles = OPERATOR) =>
      own.ask(roles, "POST", "/api/v1/environments/seoul/operations", { kind }, { "idempotency-key": key });
    const first = await send("drift", "k1");
    await until(first.body.id, "done");
    const again = await send("drift", "k1");
    assert.deepEqual([again.status, again.body, again.headers.location], [202, first.body, first.headers.location]);
    assert.equal((await send("up", "k1")).status, 422);
    assert.equal((await send("drift", "k1 k2")).status, 400);
    const others = await send("drift", "k1", BOTH);
    assert.notEqual(others.body.id, first.body.id);
    await until(others.body.id, "done");
    const { body } = await own.ask(OPERATOR, "GET", "/api/v1/environments");
    assert.equal(body.items[0].drift.drifted, true);
  });

  it("are seen, asked for and decided by those alone whom the labels let", async () => {
    await start({ seoul: fileOf("seoul"), busan: fileOf("busan", "edge") });
    const edge = "kpaas-operator:team=edge,kpaas-approver:team=edge";
    const { id } = await planned();
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["GET", "/plan", undefined],
      ["GET", "/log", undefined],
      ["POST", "/approval", { digest: "x" }],
      ["POST", "/rejection", { reason: "x" }],
      ["POST", "/retry", undefined],
      ["POST", "/cancel", undefined],
    ] as const)
      assert.equal((await own.ask(edge, method, `/api/v1/operations/${id}${path}`, body)).status, 404, path);
    for (const path of ["operations", "scale", "upgrade", "kubeconfig"])
      assert.equal(
        (
          await own.ask(
            edge,
            "POST",
            `/api/v1/environments/seoul/${path}`,
            { operations: { kind: "drift" }, scale: { pool: "worker", count: 1 }, upgrade: { to: "1.7.0" }, kubeconfig: {} }[path],
          )
        ).status,
        404,
        path,
      );
    assert.deepEqual((await own.ask(edge, "GET", "/api/v1/operations")).body.items, []);
    assert.deepEqual((await own.ask(edge, "GET", "/api/v1/events")).body.items, []);
    const taken = { text: fileOf("busan"), expects: (await own.ask(edge, "GET", "/api/v1/environments/busan")).body.commit };
    assert.equal((await own.ask(edge, "PUT", "/api/v1/environments/busan", taken)).status, 403, "given to others");
    assert.equal((await own.ask("kpaas-viewer", "POST", "/api/v1/environments/seoul/operations", { kind: "up" })).status, 403);
  });

  it("tell what they say, and what becomes of them, as lists and as streams that go on where they were left", async () => {
    const runner = wellRunner();
    runner.says = ({ step }) => `Preview of seoul\n[0:10] 3 created ${step}\n`;
    await start({ seoul: fileOf("seoul") }, runner);
    const { body } = await asked("preview");
    await until(body.id, "done");
    const log = await own.ask("kpaas-viewer", "GET", `/api/v1/operations/${body.id}/log`);
    assert.deepEqual(
      log.body.items.map(({ text }: { text: string }) => text),
      ["Preview of seoul", "[0:10] 3 created preview"],
    );
    const sse = { accept: "text/event-stream" };
    const stream = await own.ask("kpaas-viewer", "GET", `/api/v1/operations/${body.id}/log`, undefined, sse);
    assert.equal(stream.text.match(/^event: line$/gm)?.length, 2);
    assert.match(stream.text, /event: end\ndata: \{"reason":"complete"\}\n\n$/);
    const rest = await own.ask("kpaas-viewer", "GET", `/api/v1/operations/${body.id}/log`, undefined, {
      ...sse,
      "last-event-id": String(log.body.items[0].number),
    });
    assert.equal(rest.text.match(/^event: line$/gm)?.length, 1);
    const { body: events } = await own.ask("kpaas-viewer", "GET", "/api/v1/events");
    assert.deepEqual(
      events.items.map(({ state }: { state: string }) => state),
      ["waiting", "running", "running", "done"],
    );
    assert.equal((await own.ask("kpaas-viewer:team=edge", "GET", `/api/v1/operations/${body.id}/log`, undefined, sse)).status, 404);
  });
});
