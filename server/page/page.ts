import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineRoute, type Route } from "../http/route";

/** Whom the page logs people in by. */
export interface PageLogin {
  readonly issuer: string;
  /** The public client of the realm that stands for the page. */
  readonly client: string;
}

/** Where the page was bundled to. */
const ASSETS = join(__dirname, "assets");
/** A file's name holds a digest of its content: what is kept under it is right for ever. */
const FOR_EVER = "public, max-age=31536000, immutable";
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };

/**
 * The page at `/`, and the files it is made of. They hold nothing that is not public: all else the page asks for by its reader's token.
 * @param login undefined: the page says that nobody can log in
 */
export function pageRoutes(login: PageLogin | undefined, folder = ASSETS): Route[] {
  const files = readdirSync(folder).filter((name) => /^[a-z]+-[A-Z0-9]+\.(js|css)$/.test(name));
  const text = documentOf(login, files);
  const open = { method: "GET", needs: "everybody" } as const;
  return [
    defineRoute({
      ...{ ...open, id: "showPage", path: "/", summary: "The page", text: "text/html; charset=utf-8" },
      headers: { "content-security-policy": policyOf(login) },
      handle: async () => text,
    }),
    ...files.map((name) => {
      const content = readFileSync(join(folder, name), "utf8");
      return defineRoute({
        ...{ ...open, id: `asset ${name}`, path: `/assets/${name}`, summary: "A part of the page", unlimited: true },
        text: TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain",
        headers: { "cache-control": FOR_EVER },
        handle: async () => content,
      });
    }),
  ];
}

/** What the page may do: run and show what comes from here, ask here and the issuer, and nothing else; no script or style within it. */
function policyOf(login: PageLogin | undefined): string {
  const issuer = login === undefined ? "" : ` ${new URL(login.issuer).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${issuer}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function documentOf(login: PageLogin | undefined, files: readonly string[]): string {
  const file = (part: string): string => {
    const name = files.find((each) => each.startsWith(`${part}-`));
    if (name === undefined) throw new Error(`the page lacks its part ${part}: build the project`);
    return `/assets/${name}`;
  };
  const given = login === undefined ? "" : ` data-issuer="${escapeHtml(login.issuer)}" data-client="${escapeHtml(login.client)}"`;
  return `<!doctype html>
<html lang="en"${given}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>kpaas</title>
<link rel="icon" href="data:,">
<script src="${file("early")}"></script>
<link rel="stylesheet" href="${file("style")}">
<script defer src="${file("app")}"></script>
</head>
<body>
<noscript>This page needs JavaScript. 이 화면을 보려면 JavaScript가 필요합니다.</noscript>
<div id="app"></div>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
