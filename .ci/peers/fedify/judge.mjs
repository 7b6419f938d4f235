// Reads documents of another server strictly: only contexts that Fedify brings with
// it, no term that none of them defines, and Fedify's own classes.

import { parseNodeInfo } from "@fedify/fedify/nodeinfo";
import { Object as ActivityStreamsObject, traverseCollection } from "@fedify/vocab";
import { getDocumentLoader, preloadedContexts } from "@fedify/vocab-runtime";
import { lookupWebFinger } from "@fedify/webfinger";
import jsonld from "jsonld";
import { describe } from "./describe.mjs";

const documentLoader = getDocumentLoader({ allowPrivateAddress: true });

async function contextLoader(url) {
  const document = preloadedContexts[url];
  if (!document) throw new Error(`context ${url} would have to be fetched`);
  return { contextUrl: null, documentUrl: url, document };
}

const loaders = { documentLoader, contextLoader, suppressError: false };

// ActivityStreams makes blank nodes of terms that no context defines.
async function read(document) {
  const expanded = await jsonld.expand(document, { documentLoader: contextLoader, safe: true });
  const undefinedTerms = JSON.stringify(expanded).match(/"_:[^"]*"/g);
  if (undefinedTerms) throw new Error(`terms that no context defines: ${undefinedTerms}`);
  return ActivityStreamsObject.fromJsonLd(document, loaders);
}

async function getJSON(url) {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  return response.json();
}

export const commands = {
  async parse({ iri }) {
    const response = await fetch(iri, { headers: { accept: "application/activity+json" } });
    const document = await response.json();
    const mediaType = response.headers.get("content-type");
    return { status: response.status, mediaType, object: await describe(await read(document)) };
  },

  // traverse walks a collection to its end. Every page is read strictly on the way.
  async traverse({ iri }) {
    const strict = async (url) => {
      const remote = await documentLoader(url);
      await read(remote.document);
      return remote;
    };
    const { document } = await strict(iri);
    const collection = await ActivityStreamsObject.fromJsonLd(document, loaders);
    const items = [];
    for await (const item of traverseCollection(collection, { ...loaders, documentLoader: strict })) {
      items.push(await describe(item));
    }
    return { totalItems: collection.totalItems, items };
  },

  webfinger: async ({ resource }) => lookupWebFinger(resource, { allowPrivateAddress: true }),

  // nodeinfo reads all versions that a server has, the first as its readers do.
  async nodeinfo({ origin }) {
    const { links } = await getJSON(new URL("/.well-known/nodeinfo", origin));
    const documents = links.filter((link) => link.rel.startsWith("http://nodeinfo.diaspora.software/ns/schema/"));
    return Promise.all(documents.map(async (link) => parseNodeInfo(await getJSON(link.href))));
  },
};
