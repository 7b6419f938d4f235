package vocab

import (
	"encoding/json"
	"time"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"
)

// Activity says who does what to what, for whom. The shapes are those that every
// server understands (ActivityPub §6 and §7, and what peers really accept).
type Activity struct {
	Verb      string    // a key of verbs
	ID        string    // at least 8 bytes, on the actor's origin
	Actor     string    // IRI
	Objects   []string  // IRIs; one, but for a Flag. Unused when Embed is set
	Embed     []byte    // the object written out: a document of this package
	Target    string    // of Add, Remove and Move
	Result    string    // of the Accept of a FeatureRequest (FEP-7aa9): where the consent is
	To, Cc    []string  // IRIs; Public by its full name
	Content   string    // a Flag's reason
	Published time.Time // zero: not said
}

// verb is a go-fed activity under construction.
type verb interface {
	thing
	SetActivityStreamsActor(vocab.ActivityStreamsActorProperty)
	SetActivityStreamsObject(vocab.ActivityStreamsObjectProperty)
	SetActivityStreamsTarget(vocab.ActivityStreamsTargetProperty)
}

var verbs = map[string]func() verb{
	"Accept":   func() verb { return streams.NewActivityStreamsAccept() },
	"Add":      func() verb { return streams.NewActivityStreamsAdd() },
	"Announce": func() verb { return streams.NewActivityStreamsAnnounce() },
	"Block":    func() verb { return streams.NewActivityStreamsBlock() },
	"Create":   func() verb { return streams.NewActivityStreamsCreate() },
	"Delete":   func() verb { return streams.NewActivityStreamsDelete() },
	"Flag":     func() verb { return streams.NewActivityStreamsFlag() },
	"Follow":   func() verb { return streams.NewActivityStreamsFollow() },
	"Ignore":   func() verb { return streams.NewActivityStreamsIgnore() },
	"Join":     func() verb { return streams.NewActivityStreamsJoin() },
	"Leave":    func() verb { return streams.NewActivityStreamsLeave() },
	"Like":     func() verb { return streams.NewActivityStreamsLike() },
	"Move":     func() verb { return streams.NewActivityStreamsMove() },
	"Reject":   func() verb { return streams.NewActivityStreamsReject() },
	"Remove":   func() verb { return streams.NewActivityStreamsRemove() },
	"Undo":     func() verb { return streams.NewActivityStreamsUndo() },
	"Update":   func() verb { return streams.NewActivityStreamsUpdate() },
}

// Encode writes the activity. IRIs go out byte for byte as they are given. It
// panics for a verb that this node does not publish.
func (a Activity) Encode() []byte {
	v := verbs[a.Verb]()
	setID(v, a.ID)
	address(v, a.To, a.Cc)
	v.SetActivityStreamsActor(iris(streams.NewActivityStreamsActorProperty(), a.Actor))
	if a.Target != "" {
		v.SetActivityStreamsTarget(iris(streams.NewActivityStreamsTargetProperty(), a.Target))
	}
	x := extension(v.GetUnknownProperties())
	x.set("content", a.Content)
	x.set("result", a.Result)
	x.setTime("published", a.Published)
	if a.Embed == nil {
		v.SetActivityStreamsObject(iris(streams.NewActivityStreamsObjectProperty(), a.Objects...))
		return marshal(v, plainContext)
	}
	object, context := withoutContext(a.Embed)
	x["object"] = json.RawMessage("{" + string(object))
	return marshal(v, context)
}

// Answer is the Accept or Reject of a Follow, said by who was to be followed to
// who asked. It holds the Follow with its id, type, actor and object as they
// came, since peers match by any of them.
func Answer(verb, id string, follow Doc) Activity {
	return Activity{
		Verb: verb, ID: id, Actor: follow.IRI("object"), Embed: brief(follow),
		To: []string{follow.IRI("actor")},
	}
}

// Undo takes back an activity of the same actor, for whom it was for.
func Undo(id string, undone Doc) Activity {
	return Activity{
		Verb: "Undo", ID: id, Actor: undone.IRI("actor"), Embed: brief(undone),
		To: undone.IRIs("to"), Cc: undone.IRIs("cc"),
	}
}

// Delete withdraws an object, whose address answers 410 with a Tombstone from
// now on. Address it as the object was.
func Delete(actor, object, formerType string) Activity {
	tomb := map[string]string{"id": object, "type": "Tombstone", "formerType": formerType}
	return Activity{Verb: "Delete", ID: object + "#delete", Actor: actor, Embed: Encode(tomb)}
}

// DeleteActor withdraws the actor itself. Address it to everybody who may know
// of it.
func DeleteActor(actor string) Activity {
	return Activity{Verb: "Delete", ID: actor + "#delete", Actor: actor, Objects: []string{actor}}
}

// brief is an activity with the properties by which peers recognise it.
func brief(a Doc) []byte {
	m := map[string]string{"type": a.Type()}
	for _, key := range []string{"id", "actor", "object", "target", "instrument"} {
		if s := a.IRI(key); s != "" {
			m[key] = s
		}
	}
	return Encode(m)
}
