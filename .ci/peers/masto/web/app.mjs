// A web app on the client library masto, at an address of its own: with ?server=
// it lets a member sign in there, then it reads home as far as one scrolls, and what
// comes over the stream. What it has come to stands in the attributes of <body>.
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const back = location.origin + location.pathname;
const scope = "read write follow";
const said = document.body.dataset;

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function signIn(url) {
  const metadata = await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json();
  const app = await createRestAPIClient({ url }).v1.apps.create({ clientName: "Masto in a browser", redirectUris: back, scopes: scope });
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(48)));
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const state = crypto.randomUUID();
  sessionStorage.setItem("asked", JSON.stringify({ url, verifier, state, clientId: app.clientId, clientSecret: app.clientSecret }));
  location.assign(metadata.authorization_endpoint + "?" + new URLSearchParams({
    response_type: "code", client_id: app.clientId, redirect_uri: back, scope, state, code_challenge: challenge, code_challenge_method: "S256",
  }));
}

async function comeBack(query) {
  const { url, verifier, state, clientId, clientSecret } = JSON.parse(sessionStorage.getItem("asked"));
  if (query.get("state") !== state) throw new Error("not the answer to what was asked");
  const { accessToken } = await createOAuthAPIClient({ url }).token.create({
    grantType: "authorization_code", code: query.get("code"), clientId, clientSecret, redirectUri: back, scope, codeVerifier: verifier,
  });
  await read(createRestAPIClient({ url, accessToken }), accessToken);
}

function show(status, where) {
  const article = document.createElement("article");
  article.style.minHeight = "12em";
  article.innerHTML = status.content;
  document.querySelector("main")[where](article);
}

async function read(m, accessToken) {
  said.member = (await m.v1.accounts.verifyCredentials()).username;
  const instance = await m.v2.instance.fetch();
  const streams = createStreamingAPIClient({ streamingApiUrl: instance.configuration.urls.streaming, accessToken });
  listen(m, streams.user.subscribe());
  const pages = m.v1.timelines.home.list({ limit: 10 }).values();
  let reading = false;
  new IntersectionObserver(async ([end], observer) => {
    if (!end.isIntersecting || reading) return;
    reading = true;
    const { value, done } = await pages.next();
    for (const status of value ?? []) show(status, "append");
    reading = false;
    if (done) said.home = "end";
    observer.unobserve(end.target);
    if (!done) observer.observe(end.target); // it may still be in sight
  }).observe(document.querySelector("footer"));
}

// Nothing says when the stream is open: the member posts until it carries that.
async function listen(m, events) {
  const again = setInterval(() => {
    if (said.home === "end") m.v1.statuses.create({ status: "Par le flux" });
  }, 500);
  for await (const event of events) {
    if (event.event === "update" && event.payload.content.includes("Par le flux")) {
      clearInterval(again);
      show(event.payload, "prepend");
      said.streamed = "yes";
    }
  }
}

addEventListener("unhandledrejection", (e) => (said.error = String(e.reason?.stack ?? e.reason)));
const query = new URLSearchParams(location.search);
await (query.has("server") ? signIn(query.get("server")) : comeBack(query));
