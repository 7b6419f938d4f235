package vocab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"
)

// ErrUnknownType: go-fed has no type of that name. Answer such an activity with
// 202 and drop it; it is another dialect, not a mistake.
var ErrUnknownType = errors.New("unknown type")

// Typed returns the normalised document as a go-fed value, for dispatch by verb.
// Its errors are ErrUnknownType, ErrTooLarge, ErrMalformed, or ctx's.
func (d Doc) Typed(ctx context.Context) (vocab.Type, error) {
	m, err := d.Normalised()
	if err != nil {
		return nil, err
	}
	return toType(ctx, m)
}

// toType keeps go-fed's panics on hostile values from the caller.
func toType(ctx context.Context, m map[string]any) (t vocab.Type, err error) {
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, fmt.Errorf("%w: go-fed: %v", ErrMalformed, p)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err = streams.ToType(ctx, m)
	switch {
	case errors.Is(err, streams.ErrUnhandledType):
		return nil, fmt.Errorf("%w %v", ErrUnknownType, m["type"])
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return t, nil
}

// Envelope returns an activity as the smallest document that means the same to
// go-fed's dispatch: who does what to which objects, for whom. Objects are
// named by id where they have one, else by type alone, so a large Note inside
// costs go-fed nothing. Give it to go-fed in place of the body and read the rest
// from the Doc.
func (d Doc) Envelope() []byte {
	m := map[string]any{"@context": NS, "type": d.Verb()}
	if d.Verb() == "FeatureRequest" {
		m["type"] = "Offer" // go-fed hands on nothing that it has no type for
	}
	set := func(key string, v any) {
		if v != nil {
			m[key] = v
		}
	}
	set("id", orNil(d.ID()))
	set("actor", orNil(d.IRI("actor")))
	for _, key := range []string{"object", "target", "origin", "result", "instrument"} {
		set(key, d.brief(key))
	}
	for _, key := range []string{"to", "cc"} {
		set(key, spellPublic(iriList(d.get(key))))
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings, lists and maps of strings always marshal
	}
	return b
}

// brief names what key holds.
func (d Doc) brief(key string) any {
	var list []any
	for _, r := range d.Refs(key) {
		switch t := r.Doc.Type(); {
		case r.IRI != "":
			list = append(list, r.IRI)
		case t != "":
			list = append(list, map[string]any{"type": t})
		}
	}
	return single(list)
}
