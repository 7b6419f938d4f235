// An OpenID provider on a free port of 127.0.0.1 that keeps to what ProConnect says of
// itself: no parameter that it does not list (PKCE among them), state and nonce of 32
// characters at least, a code of 30 seconds, userinfo as a signed token, amr on request.
// Beyond that it tells its client of sessions that end.
// Its argument is the address of the one client. Whoever comes is Camille: the methods
// by which she shows it are set by POST /methods. It says on standard output where it is,
// and ends with its standard input.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const client = process.argv[2];
const allowed = ["response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "claims", "prompt", "idp_hint", "login_hint"];
const scopes = { given_name: "Camille", usual_name: "Le Bihan", email: "camille@ville.example", uid: "c42", siret: "21350238800019", idp_id: "71144ab3" };
let methods = ["pwd"];

const server = createServer(async (req, res) => {
  if (req.url === "/methods") {
    methods = (await read(req)).split(" ");
    return res.end();
  }
  const url = new URL(req.url, origin());
  if (!url.pathname.startsWith("/api/v2")) return refuse(res, "no such page");
  if (url.pathname === "/api/v2/authorize" && !strict(url.searchParams)) return refuse(res, "Y000400: Bad Request Exception");
  if (url.pathname.startsWith("/api/v2/interaction/")) return interact(req, res);
  req.originalUrl = req.url;
  req.url = req.url.slice("/api/v2".length);
  return serve(req, res);
});
const origin = () => `http://127.0.0.1:${server.address().port}`;
const refuse = (res, why) => res.writeHead(400).end(why);

async function read(req) {
  let text = "";
  for await (const chunk of req) text += chunk;
  return text;
}

const strict = (asked) =>
  [...asked.keys()].every((name) => allowed.includes(name)) && asked.get("state")?.length >= 32 && asked.get("nonce")?.length >= 32;

// interact answers every question at once: who it is, and that the client may know.
async function interact(req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (prompt.name === "login") {
    return provider.interactionFinished(req, res, { login: { accountId: "camille", amr: methods, acr: "eidas1" } });
  }
  const grant = (await provider.Grant.find(grantId)) ?? new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const provider = new Provider(`${origin()}/api/v2`, {
  clients: [
    {
      client_id: "essaim-labo",
      client_secret: "zqclientsecretqz",
      redirect_uris: [`${client}/connexion/fournisseur/retour`],
      post_logout_redirect_uris: [`${client}/`],
      backchannel_logout_uri: `${client}/connexion/fournisseur/deconnexion`,
      backchannel_logout_session_required: true,
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "RS256",
      userinfo_signed_response_alg: "RS256",
      require_auth_time: true,
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: "1" }] },
  scopes: ["openid", ...Object.keys(scopes)],
  claims: { amr: null, acr: null, ...Object.fromEntries(Object.keys(scopes).map((name) => [name, [name]])) },
  features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true }, jwtUserinfo: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
  interactions: { url: (_, interaction) => `/api/v2/interaction/${interaction.uid}` },
  routes: { authorization: "/authorize", token: "/token", userinfo: "/userinfo", end_session: "/session/end", jwks: "/jwks" },
  pkce: { required: () => false },
  ttl: { AuthorizationCode: 30, AccessToken: 60, IdToken: 60, Interaction: 600, Grant: 600, Session: 600 },
  cookies: { keys: ["of a test"] },
  fetch: (address, options) => fetch(address, { ...options, dispatcher: undefined, signal: undefined }), // by itself it neither asks this machine nor waits for a busy one
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: "pc-camille", ...scopes }) }),
});
const serve = provider.callback();
console.log(provider.issuer);
for await (const _ of process.stdin);
process.exit();
