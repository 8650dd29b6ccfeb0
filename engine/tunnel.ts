import type { Tunnel } from "../stacks/tunnel";
import type { EngineTarget, OperationKind, RunOptions } from "./types";

/**
 * The way into a private cluster for one operation, to be closed at its end; undefined where none is needed. The program tells it where the
 * bastion is; operations that run none have it from the outputs (`recorded`, secrets in clear).
 * @throws RefusedError where something else uses its port.
 */
export async function openTunnelFor(
  kind: OperationKind,
  target: EngineTarget,
  options: RunOptions,
  recorded: () => Promise<unknown>,
): Promise<Tunnel | undefined> {
  const { plan, root, sandbox } = target;
  if (sandbox || plan.access.api !== "bastion") return undefined;
  const [{ openTunnel }, { loginOf, bastionOf }] = await Promise.all([import("../stacks/tunnel.js"), import("../stacks/login.js")]);
  const login = kind === "refresh" || kind === "destroy" ? loginOf(await recorded()) : undefined;
  const tell = (text: string): void => options.onProgress?.({ kind: "message", severity: "warning", text, ephemeral: false });
  const tunnel = await openTunnel({ plan, root, tell });
  const bastion = login && bastionOf(login);
  if (bastion !== undefined) tunnel.use(bastion);
  return tunnel;
}
