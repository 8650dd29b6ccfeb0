import { createHash, randomBytes } from "node:crypto";
import type { Bag } from "../../testing/mocks";
import { type HttpsAnswer, httpsCall } from "./https-call";

/** Somebody's browser, as far as forms go: it keeps cookies, and goes where it is sent within one server. */
export class Forms {
  private readonly cookies = new Map<string, string>();

  /** @param ca what signed the server's certificate */
  constructor(private readonly ca: string) {}

  async ask(url: string, form?: Readonly<Record<string, string>>): Promise<HttpsAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = form && { method: "POST", body: String(new URLSearchParams(form)) };
    const type = form && { "content-type": "application/x-www-form-urlencoded" };
    const answer = await httpsCall(url, { ca: this.ca, headers: { cookie, accept: "text/html", ...type }, ...sent });
    for (const each of answer.headers["set-cookie"] ?? []) {
      const [pair = ""] = each.split(";");
      const at = pair.indexOf("=");
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** Goes on while it is led within the same origin; what it is answered at last, or where it is led to outside. */
  async follow(url: string, form?: Readonly<Record<string, string>>): Promise<{ readonly answer: HttpsAnswer; readonly left?: URL }> {
    let answer = await this.ask(url, form);
    for (let from = url; answer.headers.location !== undefined; ) {
      const to = new URL(answer.headers.location, from);
      if (to.origin !== new URL(url).origin || to.pathname.startsWith("/back")) return { answer, left: to };
      from = to.href;
      answer = await this.ask(from);
    }
    return { answer };
  }
}

/** Where the form of a page is sent. */
export function formOf({ body }: HttpsAnswer): string {
  const [, action = ""] = /<form[^>]* action="([^"]+)"/.exec(body) ?? [];
  if (action === "") throw new Error(`the page has no form: ${body.slice(0, 2000)}`);
  return action.replaceAll("&amp;", "&");
}

/** What a client logs people in with. */
export interface LoginSpec {
  readonly issuer: string;
  readonly ca: string;
  readonly client: string;
  /** Of a confidential client. */
  readonly secret?: string;
  readonly redirect: string;
  /** Whether it proves that it is the one that asked. @default true */
  readonly pkce?: boolean;
  readonly scope?: string;
}

/** How a log-in ended: with tokens, or with what is said instead. */
export interface LoginResult {
  readonly status: number;
  readonly body: Bag;
  /** What the page says that it ended with. */
  readonly page: string;
}

/** Logs somebody in by an authorization code. @param next another password, where the server asks for one */
export async function logIn(spec: LoginSpec, user: string, password: string, next?: string): Promise<LoginResult> {
  const { issuer, ca, client, secret, redirect, pkce = true, scope = "openid profile email" } = spec;
  const forms = new Forms(ca);
  const verifier = randomBytes(32).toString("base64url");
  const asked = new URLSearchParams({ client_id: client, redirect_uri: redirect, response_type: "code", scope, state: "s", nonce: "n" });
  if (pkce) {
    asked.set("code_challenge", createHash("sha256").update(verifier).digest("base64url"));
    asked.set("code_challenge_method", "S256");
  }
  let { answer, left } = await forms.follow(`${issuer}/protocol/openid-connect/auth?${asked}`);
  if (left === undefined && /<form/.test(answer.body))
    ({ answer, left } = await forms.follow(formOf(answer), { username: user, password }));
  if (left === undefined && next !== undefined && /password-new/.test(answer.body))
    ({ answer, left } = await forms.follow(formOf(answer), { "password-new": next, "password-confirm": next }));
  const code = left?.searchParams.get("code");
  if (typeof code !== "string") return { status: answer.status, body: {}, page: left?.search ?? answer.body };
  const form = {
    ...{ grant_type: "authorization_code", code, redirect_uri: redirect, client_id: client },
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...(pkce ? { code_verifier: verifier } : {}),
  };
  return await tokenOf(issuer, ca, form);
}

/** What the token endpoint answers. */
export async function tokenOf(issuer: string, ca: string, form: Readonly<Record<string, string>>): Promise<LoginResult> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = String(new URLSearchParams(form));
  const answer = await httpsCall(`${issuer}/protocol/openid-connect/token`, { method: "POST", headers, body, ca });
  return { status: answer.status, body: JSON.parse(answer.body), page: "" };
}

/** What a token says. */
export function claimsOf(token: unknown): Bag {
  return JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());
}

/** The administration of a server, by whoever may log in there. */
export class Administration {
  private constructor(
    private readonly url: string,
    private readonly ca: string,
    private readonly form: Readonly<Record<string, string>>,
  ) {}

  /** Logs in to the realm of those who administer. @throws Error where that is refused, with what was answered */
  static async open(url: string, ca: string, form: Readonly<Record<string, string>>): Promise<Administration> {
    const opened = new Administration(url, ca, form);
    await opened.token();
    return opened;
  }

  /** One for each call: theirs are good for a minute, and do not have what came since. */
  private async token(): Promise<string> {
    const { status, body } = await tokenOf(`${this.url}/realms/master`, this.ca, this.form);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return String(body.access_token);
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; location: string }> {
    const headers = { authorization: `Bearer ${await this.token()}`, "content-type": "application/json" };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await httpsCall(`${this.url}/admin/realms${path}`, { method, headers, ca: this.ca, ...sent });
    return {
      status: answer.status,
      body: answer.body === "" ? undefined : JSON.parse(answer.body),
      location: answer.headers.location ?? "",
    };
  }

  /** What is found there. */
  async get<T = Bag[]>(path: string): Promise<T> {
    const { status, body } = await this.call("GET", path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }

  /** Makes something: its id. */
  async make(path: string, body: unknown): Promise<string> {
    const answer = await this.call("POST", path, body);
    if (answer.status !== 201 && answer.status !== 204) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.location.split("/").pop() ?? "";
  }

  /** Makes a user of a realm who has a password, and roles, which are made where they are not there. */
  async addUser(realm: string, username: string, password: string, roles: readonly string[] = []): Promise<string> {
    const id = await this.make(`/${realm}/users`, {
      ...{ username, enabled: true, email: `${username}@seoul.example.org`, emailVerified: true, firstName: username, lastName: "Tester" },
      credentials: [{ type: "password", value: password, temporary: false }],
    });
    for (const name of roles) await this.giveRole(realm, id, name);
    return id;
  }

  async giveRole(realm: string, user: string, name: string): Promise<void> {
    const find = () => this.call("GET", `/${realm}/roles/${encodeURIComponent(name)}`);
    if ((await find()).status === 404) await this.make(`/${realm}/roles`, { name });
    await this.make(`/${realm}/users/${user}/role-mappings/realm`, [(await find()).body]);
  }
}
