import { apply } from "./preferences";

// Before anything is drawn: no page in one theme is seen first by who has chosen the other.
apply();
