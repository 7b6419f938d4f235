package vocab

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/essaim/essaim/store"
)

// The contexts of what we write, always inline, compact, and first in the
// document, so that a document can be put inside another by cutting them off.
// They never shrink: stored documents were written with them.
const (
	plainContext = `"` + NS + `"`

	objectContext = `["` + NS + `",{"essaim":"` + EssaimNS + `",` +
		`"date":"essaim:date","note":"essaim:note","stage":"essaim:stage","statement":"essaim:statement","why":"essaim:why",` +
		`"toot":"http://joinmastodon.org/ns#","ostatus":"http://ostatus.org#",` +
		`"Hashtag":"as:Hashtag","sensitive":"as:sensitive","conversation":"ostatus:conversation","blurhash":"toot:blurhash"}]`

	actorContext = `["` + NS + `","https://w3id.org/security/v1",{"essaim":"` + EssaimNS + `",` +
		`"toot":"http://joinmastodon.org/ns#","schema":"http://schema.org#","mz":"https://joinmobilizon.org/ns#",` +
		`"manuallyApprovesFollowers":"as:manuallyApprovesFollowers","Hashtag":"as:Hashtag",` +
		`"alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},"movedTo":{"@id":"as:movedTo","@type":"@id"},` +
		`"discoverable":"toot:discoverable","indexable":"toot:indexable","blurhash":"toot:blurhash",` +
		`"featured":{"@id":"toot:featured","@type":"@id"},` +
		`"PropertyValue":"schema:PropertyValue","value":"schema:value",` +
		`"members":{"@id":"mz:members","@type":"@id"},"events":{"@id":"mz:events","@type":"@id"},` +
		`"posts":{"@id":"mz:posts","@type":"@id"},"resources":{"@id":"mz:resources","@type":"@id"},` +
		`"todos":{"@id":"mz:todos","@type":"@id"},"discussions":{"@id":"mz:discussions","@type":"@id"},` +
		`"assertionMethod":{"@id":"https://w3id.org/security#assertionMethod","@type":"@id","@container":"@set"},` +
		`"Multikey":"https://w3id.org/security#Multikey","publicKeyMultibase":{"@id":"https://w3id.org/security#publicKeyMultibase"},` +
		`"controller":{"@id":"https://w3id.org/security#controller","@type":"@id"},` +
		`"implements":{"@id":"https://w3id.org/fep/844e/implements","@type":"@id","@container":"@set"},` +
		`"postingRestrictedToMods":"https://join-lemmy.org/ns#postingRestrictedToMods",` +
		`"webfinger":"https://purl.archive.org/socialweb/webfinger#webfinger"}]`
)

// withoutContext returns what follows the opening brace and the context of a
// document that this package wrote, and that context. A document of others keeps
// its own; the plain one is returned for it.
func withoutContext(doc []byte) (rest []byte, context string) {
	for _, c := range []string{plainContext, objectContext, actorContext} {
		if rest, ok := bytes.CutPrefix(doc, []byte(`{"@context":`+c+`,`)); ok {
			return rest, c
		}
	}
	return bytes.TrimSpace(doc)[1:], plainContext
}

// own are our terms that no kind's descriptor names, among them those within the
// values of its fields; those that point to something else are said to.
var own = map[string]bool{
	"date": false, "note": false, "statement": false, "why": false,
	"kind": false, "audience": false, "role": false, "territory": false,
	"authors": true, "memberOf": true, "catalog": true,
}

// ContextDocument is the JSON-LD context of our namespace, to be served at /ns
// as application/ld+json. Documents inline what they use, so nobody has to fetch
// it.
func ContextDocument() []byte {
	terms := map[string]any{"essaim": EssaimNS}
	for term, points := range own {
		terms[term] = EssaimPrefix + term
		if points {
			terms[term] = map[string]string{"@id": EssaimPrefix + term, "@type": "@id"}
		}
	}
	for _, k := range store.Kinds {
		for _, f := range k.Fields {
			if term, ok := strings.CutPrefix(f.Wire, EssaimPrefix); ok {
				terms[term] = f.Wire
			}
		}
	}
	return encode(map[string]any{"@context": terms})
}

// encode writes JSON as the web writes it, with < and > left alone. What it is
// given always encodes: strings, numbers, lists and maps of them.
func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}
