import assert from "node:assert/strict";
import { Metrics } from "../../../server/http/metrics";
import { ownRoutes } from "../../../server/http/own-routes";
import { HttpProblem } from "../../../server/http/problem";
import type { Route } from "../../../server/http/route";

describe("A service's readiness", () => {
  /** What it answers, and what of it may be changed meanwhile. */
  function service() {
    const state = { answers: true, stopping: false, looks: 0, finish: () => {} };
    const read = new Promise<readonly []>((resolve) => {
      state.finish = () => resolve([]);
    });
    const catalog = {
      all: () => {
        state.looks += 1;
        return read;
      },
    };
    const routes: Route[] = ownRoutes({ database: { answers: async () => state.answers }, catalog }, new Metrics(), () => state.stopping);
    const route = routes.find(({ path }) => path === "/readyz");
    assert.ok(route !== undefined);
    const asked = async (): Promise<string> => {
      try {
        // It reads nothing of its request.
        await route.handle({} as Parameters<typeof route.handle>[0]);
        return "ready";
      } catch (error) {
        assert.ok(error instanceof HttpProblem, String(error));
        return error.message;
      }
    };
    return { state, asked };
  }

  it("waits for the environments' files, which it has read by that, and looks no more after", async () => {
    const { state, asked } = service();
    assert.equal(await asked(), "the environments' files are being read");
    state.finish();
    assert.deepEqual([await asked(), await asked(), state.looks], ["ready", "ready", 1]);
  });

  it("is no more once its database is away, or it ends", async () => {
    const { state, asked } = service();
    state.finish();
    assert.equal(await asked(), "ready");
    state.answers = false;
    assert.match(await asked(), /the database does not answer/);
    state.stopping = true;
    assert.match(await asked(), /the service is ending/);
  });
});
