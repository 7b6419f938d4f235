package vocab

import (
	"encoding/json"
	"time"
)

// featureContext is that of the members' directory (FEP-7aa9), inline like all
// others.
const featureContext = `["` + NS + `",{"toot":"http://joinmastodon.org/ns#","gts":"https://gotosocial.org/ns#","fep":"https://w3id.org/fep/7aa9#",` +
	`"discoverable":"toot:discoverable","sensitive":"as:sensitive",` +
	`"FeaturedCollection":"fep:FeaturedCollection","FeaturedItem":"fep:FeaturedItem","FeatureAuthorization":"fep:FeatureAuthorization",` +
	`"featuredObject":{"@id":"fep:featuredObject","@type":"@id"},"featureAuthorization":{"@id":"fep:featureAuthorization","@type":"@id"},` +
	`"interactingObject":{"@id":"gts:interactingObject","@type":"@id"},"interactionTarget":{"@id":"gts:interactionTarget","@type":"@id"}}]`

// FeaturedCollection is a choice of accounts that an actor shows, each with its own
// consent (FEP-7aa9).
type FeaturedCollection struct {
	ID, AttributedTo   string
	Name, Summary, URL string
	Published, Updated time.Time
	Items              []FeaturedItem
}

// FeaturedItem is an account of a FeaturedCollection.
type FeaturedItem struct {
	ID            string
	Object        string // the account
	Authorization string // where the account's own server says that it may be shown
	Published     time.Time
}

// Encode writes the collection with its items.
func (c FeaturedCollection) Encode() []byte {
	doc := c.object()
	doc["@context"] = json.RawMessage(featureContext)
	return Encode(doc)
}

func (c FeaturedCollection) object() map[string]any {
	items := []map[string]string{}
	for _, i := range c.Items {
		items = append(items, i.object())
	}
	doc := map[string]any{
		"id": c.ID, "type": "FeaturedCollection", "attributedTo": c.AttributedTo, "name": c.Name, "url": c.URL,
		"sensitive": false, "discoverable": true, "published": stamp(c.Published), "updated": stamp(c.Updated),
		"totalItems": len(items), "orderedItems": items,
	}
	if c.Summary != "" {
		doc["summary"] = c.Summary
	}
	return doc
}

// FeaturedCollections writes the collection of an actor's collections: all on one
// page.
func FeaturedCollections(id string, of ...FeaturedCollection) []byte {
	items := []map[string]any{}
	for _, c := range of {
		items = append(items, c.object())
	}
	return Encode(map[string]any{
		"@context": json.RawMessage(featureContext), "id": id, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items,
	})
}

func (i FeaturedItem) object() map[string]string {
	return map[string]string{
		"id": i.ID, "type": "FeaturedItem", "featuredObject": i.Object, "featureAuthorization": i.Authorization, "published": stamp(i.Published),
	}
}

// Encode writes the item as a document of its own.
func (i FeaturedItem) Encode() []byte {
	doc := map[string]any{"@context": json.RawMessage(featureContext)}
	for k, v := range i.object() {
		doc[k] = v
	}
	return Encode(doc)
}

// FeatureAuthorization says that an account agrees to be shown in a collection.
type FeatureAuthorization struct{ ID, Collection, Account string }

// Encode writes the authorization.
func (a FeatureAuthorization) Encode() []byte {
	return Encode(map[string]any{
		"@context": json.RawMessage(featureContext), "id": a.ID, "type": "FeatureAuthorization", "attributedTo": a.Account,
		"interactingObject": a.Collection, "interactionTarget": a.Account,
	})
}
