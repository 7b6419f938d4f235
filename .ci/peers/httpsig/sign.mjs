// Reads requests, one JSON object a line, and answers each with the headers that a
// library gives it: {"Signature": "…", …}.
//
// A request is {method, url, headers, body, keyId, privateKeyPem (PKCS#8, RSA), signer},
// where signer is one of the names below.

import { createPrivateKey, webcrypto } from "node:crypto";
import { createInterface } from "node:readline";
import { signRequest } from "@fedify/fedify/sig";
import * as misskey from "@misskey-dev/node-http-message-signatures";
import peertube from "@peertube/http-signature";

const signers = {
  "fedify-cavage": (request) => signFedify(request, "draft-cavage-http-signatures-12"),
  "fedify-rfc9421": (request) => signFedify(request, "rfc9421"),
  misskey: signMisskey,
  peertube: (request) => signPeerTube(request, "Signature"),
  "peertube-authorization": (request) => signPeerTube(request, "Authorization"),
};

async function signFedify({ method, url, headers, body, keyId, privateKeyPem }, spec) {
  const der = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await webcrypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]);
  const request = new Request(url, { method, headers, body: body || undefined });
  const signed = await signRequest(request, key, new URL(keyId), { spec });
  return Object.fromEntries(signed.headers);
}

async function withDigest({ url, headers, body }) {
  const out = { ...headers, host: new URL(url).host, date: new Date().toUTCString() };
  if (body) out.digest = await misskey.genRFC3230DigestHeader(body, "SHA-256");
  return out;
}

async function signMisskey(request) {
  const message = { method: request.method, url: request.url, headers: await withDigest(request) };
  const covered = ["(request-target)", "host", "date", ...(request.body ? ["digest"] : [])];
  const { keyId, privateKeyPem } = request;
  await misskey.signAsDraftToRequest(message, { keyId, privateKeyPem }, covered);
  return message.headers;
}

async function signPeerTube(request, authorizationHeaderName) {
  const headers = await withDigest(request);
  const { pathname, search } = new URL(request.url);
  const message = {
    method: request.method,
    path: pathname + search,
    getHeader: (name) => headers[name.toLowerCase()],
    setHeader: (name, value) => (headers[name] = value),
  };
  const covered = ["(request-target)", "host", "date", ...(request.body ? ["digest"] : [])];
  const { keyId, privateKeyPem: key } = request;
  peertube.sign(message, { key, keyId, headers: covered, authorizationHeaderName });
  return headers;
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(await signers[request.signer](request)));
}
