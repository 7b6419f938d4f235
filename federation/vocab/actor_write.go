package vocab

import (
	"strings"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/essaim/essaim/store"
)

// Profile is what an actor's document says that the actor itself does not know.
type Profile struct {
	Node        *store.Actor            // the node's own actor; nil in the node's own document
	TagURL      func(tag string) string // address of a hashtag's page
	Collections []string                // further collections below the actor's IRI: "members", "essaim:catalog", …
	Lines       []Line                  // what its own properties say, for software that shows only PropertyValues
}

// Line is a property of ours in words.
type Line struct {
	Property string // "essaim:job"
	Name     string
	Value    string // HTML
}

// actorKind is what our kinds of actor are called in essaim:kind.
var actorKind = map[store.ActorType]string{
	store.Group: "lab", store.Person: "member", store.Application: "node",
}

// actorThing is a go-fed actor under construction.
type actorThing interface {
	thing
	SetActivityStreamsName(vocab.ActivityStreamsNameProperty)
	SetActivityStreamsPreferredUsername(vocab.ActivityStreamsPreferredUsernameProperty)
	SetActivityStreamsUrl(vocab.ActivityStreamsUrlProperty)
	SetActivityStreamsInbox(vocab.ActivityStreamsInboxProperty)
	SetActivityStreamsOutbox(vocab.ActivityStreamsOutboxProperty)
	SetActivityStreamsFollowers(vocab.ActivityStreamsFollowersProperty)
	SetActivityStreamsFollowing(vocab.ActivityStreamsFollowingProperty)
}

// ActorDocument writes a local actor: a Group, a Person or an Application, as
// ActivityPub §4 and its peers want it. A deleted one is a Tombstone.
func ActorDocument(a *store.Actor, p Profile) []byte {
	if !a.Deleted.IsZero() {
		return TombstoneDocument(&store.Tombstone{IRI: a.IRI, Type: string(a.Type), Deleted: a.Deleted})
	}
	t := newActor(a.Type)
	setEndpoints(t, a)
	x := extension(t.GetUnknownProperties())
	x.set("summary", a.Summary)
	x.set("webfinger", a.Handle+"@"+a.Host)
	x.setTime("published", a.Created)
	x.setTime("updated", a.Updated)
	setFlags(x, a)
	setProfile(x, a, p)
	setKeys(x, a)
	setOwn(x, a)
	setCollections(x, a, p.Collections)
	setCapabilities(x, a, p.Node)
	return marshal(t, actorContext)
}

// TombstoneDocument stands where a deleted object was (ActivityPub §6.4), with
// status 410.
func TombstoneDocument(ts *store.Tombstone) []byte {
	t := streams.NewActivityStreamsTombstone()
	setID(t, ts.IRI)
	x := extension(t.GetUnknownProperties())
	x.set("formerType", ts.Type)
	x.setTime("deleted", ts.Deleted)
	return marshal(t, plainContext)
}

func newActor(typ store.ActorType) actorThing {
	switch typ {
	case store.Group:
		return streams.NewActivityStreamsGroup()
	case store.Application:
		return streams.NewActivityStreamsApplication()
	}
	return streams.NewActivityStreamsPerson()
}

func setEndpoints(t actorThing, a *store.Actor) {
	setID(t, a.IRI)
	t.SetActivityStreamsName(text(streams.NewActivityStreamsNameProperty(), a.DisplayName()))
	user := streams.NewActivityStreamsPreferredUsernameProperty()
	user.SetXMLSchemaString(a.Handle)
	t.SetActivityStreamsPreferredUsername(user)
	t.SetActivityStreamsUrl(iris(streams.NewActivityStreamsUrlProperty(), a.Page()))
	t.SetActivityStreamsInbox(iri(streams.NewActivityStreamsInboxProperty(), a.Inbox))
	t.SetActivityStreamsOutbox(iri(streams.NewActivityStreamsOutboxProperty(), a.Outbox))
	t.SetActivityStreamsFollowers(iri(streams.NewActivityStreamsFollowersProperty(), a.Followers))
	t.SetActivityStreamsFollowing(iri(streams.NewActivityStreamsFollowingProperty(), a.Following))
}

// setFlags says each flag, also when it is false: for peers, silence is a no.
func setFlags(x extension, a *store.Actor) {
	x["manuallyApprovesFollowers"] = a.Approves
	x["discoverable"] = a.Discoverable
	if a.Type == store.Person && a.Discoverable { // FEP-7aa9: who wants to be found may be shown
		x["interactionPolicy"] = map[string]any{"canFeature": map[string]any{"automaticApproval": []string{Public}}}
	}
	x["indexable"] = a.Indexable
	x["alsoKnownAs"] = notNil(a.AlsoKnownAs)
	x.set("movedTo", a.MovedTo)
	if a.Type == store.Group {
		x["postingRestrictedToMods"] = true // Lemmy: do not offer to post here
	}
}

func setProfile(x extension, a *store.Actor, p Profile) {
	if a.Icon != nil {
		x["icon"] = imageObject(a.Icon)
	}
	if a.Banner != nil {
		x["image"] = imageObject(a.Banner)
	}
	fields := []map[string]string{} // Mastodon wants a list, also of none
	for _, l := range p.Lines {
		fields = append(fields, map[string]string{"type": "PropertyValue", "name": l.Name, "value": l.Value, lineProperty: l.Property})
	}
	for _, f := range a.Fields {
		fields = append(fields, map[string]string{"type": "PropertyValue", "name": f.Name, "value": f.Value})
	}
	x["attachment"] = fields
	x["tag"] = hashtagObjects(a.Tags, p.TagURL)
}

func setKeys(x extension, a *store.Actor) {
	multikeys := []map[string]string{}
	for _, k := range a.Keys {
		if k.PEM != "" && x["publicKey"] == nil { // Misskey wants a single one
			x["publicKey"] = map[string]string{"id": k.ID, "owner": a.IRI, "publicKeyPem": k.PEM}
		}
		if k.Multibase != "" { // FEP-521a
			multikeys = append(multikeys, map[string]string{
				"id": k.ID, "type": "Multikey", "controller": a.IRI, "publicKeyMultibase": k.Multibase,
			})
		}
	}
	x["assertionMethod"] = multikeys
}

func setOwn(x extension, a *store.Actor) {
	x.set("essaim:kind", actorKind[a.Type])
	if len(a.Territory) > 0 {
		x["essaim:territory"] = a.Territory
	}
	x.setFields(store.InterestFields, &a.Interest)
	x.set("essaim:memberOf", a.Lab)
	x.set("essaim:role", a.Role)
	if a.Type == store.Person {
		x.setFields(store.ProfileFields, a.PublicProfile())
	}
}

// lineProperty marks the lines of a profile that say what a property of ours says:
// who reads that needs no line.
const lineProperty = "essaim:property"

// setCollections names the shared inbox and the further collections, the latter
// twice, because Mobilizon reads them among the endpoints.
func setCollections(x extension, a *store.Actor, names []string) {
	x.set("featured", a.Featured)
	endpoints := map[string]string{}
	if a.SharedInbox != "" {
		endpoints["sharedInbox"] = a.SharedInbox
	}
	for _, n := range names {
		address := a.IRI + "/" + strings.TrimPrefix(n, EssaimPrefix)
		x[n], endpoints[n] = address, address
	}
	x["endpoints"] = endpoints
}

// setCapabilities says what the node can do: in its own document, and in those
// of its actors as their generator (FEP-844e).
func setCapabilities(x extension, a, node *store.Actor) {
	if node == nil {
		x["implements"] = implementations(a.Implements)
		return
	}
	x["generator"] = map[string]any{
		"type": "Application", "id": node.IRI, "implements": implementations(node.Implements),
	}
}

func implementations(hrefs []string) []map[string]string {
	list := []map[string]string{}
	for _, href := range hrefs {
		list = append(list, map[string]string{"href": href})
	}
	return list
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
