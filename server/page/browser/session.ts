import { authorizationUrl, checkIdentity, codeIn, type Discovered, LoginError, type Pending, randomWord } from "./oidc";

/** Whom the page logs people in by, as the service has written it into the page. */
export interface LoginSettings {
  readonly issuer: string;
  readonly client: string;
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly expires_in?: number;
}

const PENDING = "kpaas.login";
/** Tells a page that is loaded anew that its reader was logged in; it is no token. */
const WAS_IN = "kpaas.was-in";
/** Tokens are exchanged so long before they end. */
const EARLY_MS = 30_000;

/** A reader's log-in. Tokens are in this object alone: a tab that is closed or loaded anew has none. */
export class Session {
  private tokens: Tokens | undefined;
  private until = 0;
  private discovered: Promise<Discovered> | undefined;
  private refreshing: Promise<boolean> | undefined;
  /** Told once nobody is logged in any more. */
  onEnd: () => void = () => undefined;

  constructor(private readonly settings: LoginSettings) {}

  /**
   * Takes up a log-in that comes back from the issuer, or begins one where this tab had one before.
   * @returns whether somebody is logged in; never resolves where the browser leaves for the issuer
   * @throws LoginError
   */
  async start(): Promise<boolean> {
    const pending = takePending();
    const code = this.cameBack() ? codeIn(location.search, pending, this.settings.issuer) : undefined;
    if (code !== undefined && pending !== undefined) {
      history.replaceState(null, "", `${location.pathname}${pending.hash}`);
      await this.exchange(code, pending);
      return true;
    }
    if (sessionStorage.getItem(WAS_IN) === null) return false;
    sessionStorage.removeItem(WAS_IN);
    await this.begin();
    return await new Promise<boolean>(() => undefined);
  }

  private cameBack(): boolean {
    return /[?&](code|error)=/.test(location.search);
  }

  /** Leaves for the issuer, and comes back to where the reader is now. */
  async begin(): Promise<void> {
    const pending = { state: randomWord(), nonce: randomWord(), verifier: randomWord(), hash: location.hash };
    sessionStorage.setItem(PENDING, JSON.stringify(pending));
    location.assign(await authorizationUrl(await this.discover(), this.settings.client, redirect(), pending));
  }

  /** Forgets the tokens, and logs out at the issuer where it offers that. */
  async end(): Promise<void> {
    const hint = this.tokens?.id_token;
    this.forget();
    const { end_session_endpoint: there } = await this.discover();
    if (there === undefined) return this.onEnd();
    const url = new URL(there);
    url.searchParams.set("client_id", this.settings.client);
    url.searchParams.set("post_logout_redirect_uri", redirect());
    if (hint !== undefined) url.searchParams.set("id_token_hint", hint);
    location.assign(url.href);
  }

  /** A token that is still good; undefined where nobody is logged in any more. @param anew even where this one looks good */
  async token(anew = false): Promise<string | undefined> {
    if (this.tokens !== undefined && (anew || Date.now() > this.until - EARLY_MS)) {
      this.refreshing ??= this.refresh().finally(() => {
        this.refreshing = undefined;
      });
      await this.refreshing;
    }
    return this.tokens?.access_token;
  }

  private async refresh(): Promise<boolean> {
    const held = this.tokens;
    if (held?.refresh_token !== undefined) {
      const answer = await this.ask({ grant_type: "refresh_token", refresh_token: held.refresh_token });
      if (answer.ok) {
        this.keep({ ...held, ...((await answer.json()) as Tokens) });
        return true;
      }
      // One that cannot answer just now has refused nothing.
      if (answer.status >= 500) throw new TypeError(`the issuer answers with ${answer.status}`);
    }
    if (this.tokens === held) {
      this.forget();
      this.onEnd();
    }
    return false;
  }

  private async exchange(code: string, { verifier, nonce }: Pending): Promise<void> {
    const answer = await this.ask({ grant_type: "authorization_code", code, redirect_uri: redirect(), code_verifier: verifier });
    if (!answer.ok) throw new LoginError(`refused: ${answer.status}`);
    const tokens = (await answer.json()) as Tokens;
    checkIdentity(tokens.id_token ?? "", { ...this.settings, nonce });
    this.keep(tokens);
    sessionStorage.setItem(WAS_IN, "yes");
  }

  private async ask(body: Readonly<Record<string, string>>): Promise<Response> {
    const { token_endpoint: there } = await this.discover();
    const { client } = this.settings;
    return await fetch(there, { method: "POST", body: new URLSearchParams({ ...body, client_id: client }), credentials: "omit" });
  }

  private keep(tokens: Tokens): void {
    this.tokens = tokens;
    this.until = Date.now() + (tokens.expires_in ?? 60) * 1_000;
  }

  private forget(): void {
    this.tokens = undefined;
    sessionStorage.removeItem(WAS_IN);
  }

  private discover(): Promise<Discovered> {
    this.discovered ??= this.askIssuer().catch((error: unknown) => {
      this.discovered = undefined;
      throw error;
    });
    return this.discovered;
  }

  private async askIssuer(): Promise<Discovered> {
    const { issuer } = this.settings;
    const answer = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, { credentials: "omit" });
    if (!answer.ok) throw new LoginError(`refused: ${answer.status}`);
    const found = (await answer.json()) as Discovered;
    if (found.issuer !== issuer) throw new LoginError("issuer");
    return found;
  }
}

function takePending(): Pending | undefined {
  const kept = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  return kept === null ? undefined : (JSON.parse(kept) as Pending);
}

function redirect(): string {
  return `${location.origin}/`;
}
