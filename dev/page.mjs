// Bundles the service's page, server/page/browser/, to dist/server/page/assets/: names that tell their content, so that browsers keep them for ever.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Where the page lies within dist/, without sources of the same names. */
export const ASSETS = join("server", "page", "assets");

/** @param root the project's folder @param dist where it is compiled to */
export async function buildPage(root, dist) {
  const { build } = await import("esbuild");
  const outdir = join(dist, ASSETS);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const from = join(root, "server", "page", "browser");
  const licences = ["preact", "openapi-fetch"].map(
    (name) => `Holds ${name}:\n${readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8").trim()}`,
  );
  await build({
    entryPoints: { app: join(from, "main.tsx"), early: join(from, "early.ts"), style: join(from, "style.css") },
    entryNames: "[name]-[hash]",
    ...{ outdir, bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8", logLevel: "warning" },
    tsconfig: join(from, "tsconfig.json"),
    banner: { js: `/*! ${licences.join("\n\n")}\n*/` },
  });
}
