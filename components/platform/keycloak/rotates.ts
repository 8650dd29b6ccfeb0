import type { Rotated, RotatedPlan } from "../../../model/rotated";
import { before26 } from "./versions";

/** How Keycloak's secrets are exchanged. The database's account is exchanged with the database's. */
export function rotatesOf(service: RotatedPlan): readonly Rotated[] {
  return [
    {
      secret: "the secret of its applications' client",
      how: "one",
      restarts: ["takers"],
      seconds: 60,
      // Who takes tokens alone has no secret.
      takenBy: ({ identity }) => identity !== undefined,
    },
    before26(service)
      ? {
          secret: "its administrator",
          how: "never",
          reason: "a server before 26 is configured by that password",
          remedy: "move to a release with Keycloak 26, and run it again",
        }
      : { secret: "its administrator", how: "overlap" },
    {
      secret: "the secret of the client that configures it",
      how: "never",
      reason: "the server was begun with it, and whoever changes it by itself could lock itself out",
      remedy: "guard the stack's state and the Secret keycloak/keycloak, which alone have it",
    },
    {
      secret: "the first password of the portal's administrator",
      how: "never",
      reason: "it ends with the first log-in, and another one is that person's",
      remedy: "reset it in Keycloak's administration",
    },
  ];
}
