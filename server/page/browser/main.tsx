import { render } from "preact";
import { App } from "./app";
import { Session } from "./session";

const { issuer, client } = document.documentElement.dataset;
const place = document.getElementById("app");
if (place !== null)
  render(<App session={issuer === undefined || client === undefined ? undefined : new Session({ issuer, client })} />, place);
