package vocab

import (
	"encoding/json"
	"fmt"

	"github.com/essaim/essaim/store"
)

// ReadDraft reads an object that a client of this node posts. Of old, the record
// to be changed, it keeps what the object does not name; nil makes a new one of
// the kind that essaim:kind names, else news. Ids, times and attribution of the
// object are not read: they are for the node to give. It answers ErrUnknownType
// for what is no post.
func ReadDraft(doc Doc, old store.Item) (store.Item, error) {
	kind := store.KindOf(doc.Str("essaim:kind"))
	if old != nil {
		kind = store.KindOf(old.Envelope().Kind)
	}
	switch {
	case kind == nil && doc.Type() != "Note" && doc.Type() != "Article":
		return nil, fmt.Errorf("%w %q", ErrUnknownType, doc.Type())
	case kind == nil:
		kind = store.KindOf("news")
	}
	it := kind.New()
	if old != nil {
		copyItem(it, old)
	}
	r := it.Envelope()
	r.Kind = kind.Name
	readDraftText(r, doc)
	readWire(it, kind.Fields, doc)
	if in := doc.IRI("inReplyTo"); in != "" && old == nil {
		r.InReplyTo = in
	}
	if a := store.Audience(doc.Str("essaim:audience")); store.Audiences.Has(string(a)) {
		r.Audience = a
	}
	return it, nil
}

func readDraftText(r *store.Record, doc Doc) {
	if doc.Has("name") {
		r.Title = line(doc.Str("name"), maxTitle)
	}
	if doc.Has("summary") {
		r.Pitch = line(unmarked(doc.Str("summary")), maxPitch)
	}
	source := doc.Doc("source")
	switch content, lang := doc.Lang("content"); {
	case source.Str("content") != "" && source.mediaType() == "text/markdown":
		r.Body = source.Str("content")
	case content != "":
		r.Body = unmarked(content)
		if lang != "" {
			r.Lang = lang
		}
	}
}

// copyItem fills a fresh item with another of its kind.
func copyItem(into, from store.Item) {
	b, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		panic(err) // it came out of the store that way
	}
}

// DraftAudience reads a client's addressing: what names the public is public or
// unlisted, all else is for the team, the narrowest step.
func (d Doc) DraftAudience() store.Audience {
	switch d.Visibility() {
	case Listed:
		return store.Public
	case Unlisted:
		return store.Unlisted
	}
	return store.Team
}
