// Reads signed requests, one JSON object a line, and answers for each which of the
// libraries accept it: {"peertube": "ok", "misskey": "reason why not", "fedify": "ok"}.
//
// A request is {method, url, headers: {name: value}, body, keyId, publicKeyPem}.

import { createInterface } from "node:readline";
import { verifyRequest } from "@fedify/fedify/sig";
import * as misskey from "@misskey-dev/node-http-message-signatures";
import peertube from "@peertube/http-signature";

const verifiers = { peertube: verifyPeerTube, misskey: verifyMisskey, fedify: verifyFedify };

// incoming is the request as Node's http server shows it.
function incoming({ method, url, headers }) {
  const { pathname, search, host } = new URL(url);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  lower.host = host;
  return { method, url: pathname + search, headers: lower, httpVersion: "1.1", rawHeaders: Object.entries(lower).flat() };
}

async function verifyPeerTube(request) {
  const parsed = peertube.parseRequest(incoming(request), { clockSkew: 3600, authorizationHeaderName: "signature" });
  return peertube.verifySignature(parsed, request.publicKeyPem);
}

async function verifyMisskey(request) {
  const message = incoming(request);
  const required = ["(request-target)", "host", "date", ...(request.body ? ["digest"] : [])];
  const parsed = misskey.parseRequestSignature(message, { requiredComponents: { draft: required } });
  const digest = !request.body || (await misskey.verifyDigestHeader(message, request.body));
  return digest && misskey.verifyDraftSignature(parsed.value, request.publicKeyPem);
}

async function verifyFedify({ method, url, headers, body, keyId, publicKeyPem }) {
  const owner = keyId.split("#")[0];
  const document = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id: owner,
    type: "Person",
    publicKey: { id: keyId, owner, publicKeyPem },
  };
  const key = await verifyRequest(new Request(url, { method, headers, body: body || undefined }), {
    documentLoader: async () => ({ document, documentUrl: owner, contextUrl: null }),
  });
  return key?.id?.href === keyId;
}

async function verdict(verify, request) {
  try {
    return (await verify(request)) ? "ok" : "refused";
  } catch (error) {
    return String(error);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = {};
  for (const [name, verify] of Object.entries(verifiers)) {
    answer[name] = await verdict(verify, JSON.parse(line));
  }
  console.log(JSON.stringify(answer));
}
