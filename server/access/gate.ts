import { HttpProblem } from "../http/problem";
import type { Route } from "../http/route";
import { NOBODY, type Principal } from "./principal";
import { allows, allowsSomewhere } from "./roles";

/** A way to log in: who a request's `authorization` names; undefined where it is not of this way. @throws HttpProblem where it is refused */
export type Login = (scheme: string, credentials: string) => Promise<Principal | undefined>;

/** Lets requests in, or does not. */
export class Gate {
  /** @param logins those that are set up; none: only what everybody may know is told */
  constructor(private readonly logins: readonly Login[]) {}

  /**
   * Who asks, where they may ask for this at all. What it is about is looked at by the route.
   * @throws HttpProblem
   */
  async admit(route: Pick<Route, "needs" | "login" | "about">, authorization: string | undefined): Promise<Principal> {
    if (route.needs === "everybody") return NOBODY;
    const principal = await this.identify(authorization);
    this.check(route, principal);
    return principal;
  }

  /** @throws HttpProblem where somebody may not ask for this at all */
  check(route: Pick<Route, "needs" | "login" | "about">, principal: Principal): void {
    if (route.needs === "everybody") return;
    if (principal.login === "compatible" && route.login !== "compatible")
      throw new HttpProblem("forbidden", "the compatible log-in is for K-PaaS's own calls: use a token here");
    const may = route.about === "environments" ? allowsSomewhere : allows;
    if (!may(principal.grants, route.needs)) throw new HttpProblem("forbidden", `this takes the role ${route.needs}`);
  }

  /** Who asks. @throws HttpProblem where that is not known */
  async identify(authorization: string | undefined): Promise<Principal> {
    const [, scheme, credentials] = /^(\w+) +(\S+)$/.exec(authorization ?? "") ?? [];
    if (scheme !== undefined && credentials !== undefined)
      for (const login of this.logins) {
        const principal = await login(scheme.toLowerCase(), credentials);
        if (principal !== undefined) return principal;
      }
    throw unauthenticated(authorization === undefined ? "send a bearer token" : "this is no log-in that is set up here");
  }
}

/** What is answered to whoever is not known. Why a token is refused is for the log; whoever tries learns little. */
export function unauthenticated(detail: string): HttpProblem {
  return new HttpProblem("unauthenticated", detail, [], { "www-authenticate": 'Bearer realm="kpaas"' });
}
