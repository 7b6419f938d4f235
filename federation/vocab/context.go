package vocab

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
)

// The contexts of what we write, always inline, compact, and first in the
// document, so that a document can be put inside another by cutting them off.
// They never shrink: stored documents were written with them.
const plainContext = `"` + NS + `"`

// proofContext has the terms of an integrity proof: documents of this node may be
// handed on with one (FEP-8b32).
const proofContext = "https://w3id.org/security/data-integrity/v1"

// actorContext is that of actors.
var actorContext = `["` + NS + `","https://w3id.org/security/v1","` + proofContext + `",{"essaim":"` + EssaimNS + `",` +
	`"toot":"http://joinmastodon.org/ns#","schema":"http://schema.org#","mz":"https://joinmobilizon.org/ns#",` +
	`"manuallyApprovesFollowers":"as:manuallyApprovesFollowers","Hashtag":"as:Hashtag",` +
	`"alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},"movedTo":{"@id":"as:movedTo","@type":"@id"},` +
	`"discoverable":"toot:discoverable","indexable":"toot:indexable","blurhash":"toot:blurhash",` +
	`"featured":{"@id":"toot:featured","@type":"@id"},` +
	`"featuredCollections":{"@id":"https://w3id.org/fep/7aa9#featuredCollections","@type":"@id"},` +
	`"gts":"https://gotosocial.org/ns#","interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},` +
	`"canFeature":{"@id":"https://w3id.org/fep/7aa9#canFeature","@type":"@id"},"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"},` +
	`"PropertyValue":"schema:PropertyValue","value":"schema:value",` +
	`"members":{"@id":"mz:members","@type":"@id"},"events":{"@id":"mz:events","@type":"@id"},` +
	`"posts":{"@id":"mz:posts","@type":"@id"},"resources":{"@id":"mz:resources","@type":"@id"},` +
	`"todos":{"@id":"mz:todos","@type":"@id"},"discussions":{"@id":"mz:discussions","@type":"@id"},` +
	`"assertionMethod":{"@id":"https://w3id.org/security#assertionMethod","@type":"@id","@container":"@set"},` +
	`"Multikey":"https://w3id.org/security#Multikey","publicKeyMultibase":{"@id":"https://w3id.org/security#publicKeyMultibase"},` +
	`"controller":{"@id":"https://w3id.org/security#controller","@type":"@id"},` +
	`"implements":{"@id":"https://w3id.org/fep/844e/implements","@type":"@id","@container":"@set"},` +
	`"postingRestrictedToMods":"https://join-lemmy.org/ns#postingRestrictedToMods",` +
	`"webfinger":"https://purl.archive.org/socialweb/webfinger#webfinger"` +
	termsOf(columnNames(store.ProfileFields)) + `}]`

// objectContext is that of records: the terms of others that they use, then those
// within the values of our own properties, as the descriptors name them.
var objectContext = `["` + NS + `","` + proofContext + `",{"essaim":"` + EssaimNS + `",` +
	`"toot":"http://joinmastodon.org/ns#","ostatus":"http://ostatus.org#",` +
	`"Hashtag":"as:Hashtag","sensitive":"as:sensitive","conversation":"ostatus:conversation","blurhash":"toot:blurhash",` +
	`"focalPoint":{"@id":"toot:focalPoint","@container":"@list"},` +
	`"schema":"http://schema.org#","PostalAddress":"schema:PostalAddress","address":{"@id":"schema:address","@type":"@id"},` +
	`"streetAddress":"schema:streetAddress","postalCode":"schema:postalCode","addressLocality":"schema:addressLocality","addressCountry":"schema:addressCountry"` +
	mappedTerms() + innerTerms() + `}]`

// innerTerms maps the names within tables to our namespace.
func innerTerms() string {
	names := []string{"date", "degree", "lang", "note", "sha256", "size", "stage", "statement", "why"}
	for _, k := range store.Kinds {
		names = append(names, columnNames(k.Fields)...)
	}
	return termsOf(names)
}

func columnNames(fields []store.Field) []string {
	var names []string
	for i := range fields {
		for _, c := range fields[i].Columns {
			names = append(names, c.Name)
		}
	}
	return names
}

// termsOf maps names to our namespace, but for those that others define.
func termsOf(names []string) string {
	names = slices.Sorted(slices.Values(names))
	var b strings.Builder
	for _, name := range slices.Compact(names) {
		if !slices.Contains(coreTerms, name) && mapped[name] == "" {
			b.WriteString(`,"` + name + `":"` + EssaimPrefix + name + `"`)
		}
	}
	return b.String()
}

// coreTerms are names within tables that ActivityStreams defines.
var coreTerms = []string{"duration", "endTime", "mediaType", "name", "object", "relationship", "startTime", "subject", "summary", "target", "url"}

// withoutContext returns what follows the opening brace and the context of a
// document that this package wrote, and a context that has all its terms: that of
// an older version is a part of today's.
func withoutContext(doc []byte) (rest []byte, context string) {
	for _, c := range []string{plainContext, objectContext, actorContext} {
		if rest, ok := bytes.CutPrefix(doc, []byte(`{"@context":`+c+`,`)); ok {
			return rest, c
		}
	}
	after, ok := bytes.CutPrefix(doc, []byte(`{"@context":`))
	if !ok {
		return bytes.TrimSpace(doc)[1:], plainContext
	}
	d := json.NewDecoder(bytes.NewReader(after))
	if err := d.Decode(new(json.RawMessage)); err != nil {
		panic(err) // this package wrote it
	}
	return bytes.TrimPrefix(bytes.TrimSpace(after[d.InputOffset():]), []byte{','}), objectContext
}

// own are our terms that no kind's descriptor names, among them those within the
// values of its fields; those that point to something else are said to.
var own = map[string]bool{
	"date": false, "note": false, "statement": false, "why": false,
	"degree": false, "lang": false, "sha256": false, "size": false, "precision": false, "code": false,
	"kind": false, "audience": false, "role": false, "territory": false, "property": false,
	"authors": true, "replications": true, "memberOf": true, "catalog": true,
	"descriptor": true, "peers": true, "languages": false, "software": false, "seq": false, "digest": false, "via": true, "crawl": false,
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
		addTerms(terms, k.Fields)
	}
	addTerms(terms, store.ProfileFields)
	return Encode(map[string]any{"@context": terms})
}

func addTerms(terms map[string]any, fields []store.Field) {
	for _, name := range columnNames(fields) {
		if !slices.Contains(coreTerms, name) {
			terms[name] = EssaimPrefix + name
		}
	}
	for _, f := range fields {
		if term, ok := strings.CutPrefix(f.Wire, EssaimPrefix); ok {
			terms[term] = f.Wire
		}
	}
}

// Encode writes JSON as the web writes it, with < and > left alone. It panics for what
// is no JSON: it is for texts, numbers, lists and maps of them, and documents that were
// valid before.
func Encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}
