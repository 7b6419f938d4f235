package store

import (
	"cmp"
	"slices"
	"time"
)

// Item is a record of some kind: a struct that embeds Record.
type Item interface {
	Envelope() *Record
}

// Kind describes a kind of record. Everything that people and other software
// see of it follows from this.
type Kind struct {
	Name       string   // on the wire (essaim:kind), in message keys "kind.<name>"
	Path       string   // its list: /experimentations; also names its data sets
	Letter     string   // its page: /e/{slug}-{id}
	Type       string   // ActivityStreams type
	Schema     string   // schema.org type of its page
	Section    string   // the entry of the navigation that its pages stand under
	Look       string   // shape and colour: see the classes kind-* of the style sheet
	Rank       int      // the order in which people meet the kinds
	Front      bool     // its newest stand on the home page
	Bulk       bool     // there are many at a time: servers that read no catalogues hear of them once a day
	Precedents bool     // whoever writes one is shown what others did already
	Reply      bool     // a short text without a title, which may stand in the thread of a record
	Adopts     []string // ActivityStreams types of other software that become this kind
	// Knows narrows Adopts to the objects that it says yes to; nil takes them all.
	// get returns a property as encoding/json decodes it, or nil.
	Knows  func(get func(name string) any) bool
	New    func() Item
	Fields []Field // in the order of the form
}

// Kinds are all kinds of record, by Rank. A kind adds itself where it is
// declared, so that its file is the only one that names it; nothing changes the
// list once the program runs.
var Kinds []*Kind

// newKind adds a kind to Kinds, while the package is set up. What people without
// an account may write says of itself in whose interest, and whether anybody looked
// at it.
func newKind(k Kind) *Kind {
	if k.IsOpen() {
		k.Fields = append(append(k.Fields, asked(recordInterest(), "category", "commercialIntent")...), unverifiedField)
	}
	at, _ := slices.BinarySearchFunc(Kinds, k.Rank, func(have *Kind, rank int) int { return cmp.Compare(have.Rank, rank) })
	Kinds = slices.Insert(Kinds, at, &k)
	return &k
}

// KindOf returns the kind of this name, or nil.
func KindOf(name string) *Kind {
	return kindWhere(func(k *Kind) bool { return k.Name == name })
}

// KindFor returns the kind that an object of other software with this
// ActivityStreams type becomes: news, unless a kind adopts it. get returns its
// properties.
func KindFor(typ string, get func(name string) any) *Kind {
	adopts := func(k *Kind) bool { return slices.Contains(k.Adopts, typ) && (k.Knows == nil || k.Knows(get)) }
	if k := kindWhere(adopts); k != nil {
		return k
	}
	return newsKind
}

func kindWhere(is func(*Kind) bool) *Kind {
	if i := slices.IndexFunc(Kinds, is); i >= 0 {
		return Kinds[i]
	}
	return nil
}

// Field returns the field of this name, or nil.
func (k *Kind) Field(name string) *Field {
	for i := range k.Fields {
		if k.Fields[i].Name == name {
			return &k.Fields[i]
		}
	}
	return nil
}

// Check says everything that is wrong with the fields of it, in the order of
// the form, or nil. It is the one place where the descriptor's rules are kept,
// whoever the record comes from: a form, a client or an import.
func (k *Kind) Check(it Item) error {
	errs := checkFields(k.Fields, it, "")
	if c, ok := it.(Checker); ok {
		errs = append(errs, c.Check()...)
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// The interfaces below are what a kind may do beside what its descriptor says.

// Reviser does something of its own when it is saved: dates a change of stage,
// keeps an old wording. old is nil for a new record.
type Reviser interface {
	Revise(old Item, now time.Time)
}

// Opener prepares itself for the form, where a field asks for something that is
// kept elsewhere.
type Opener interface {
	Open()
}

// Checker has rules that bind several fields together.
type Checker interface {
	Check() FieldErrors
}

// Announcer has something to say to those who follow when it was saved: a change
// is silent in most of the fediverse. old is nil for a new record; nil says
// nothing.
type Announcer interface {
	Announce(old Item) *Announcement
}

// Announcement is a short note about a record. Key is a message that is given Title
// and URL of the record, and Words, which are messages themselves.
type Announcement struct {
	Key   string
	Words map[string]string // argument -> message key
}

// Summarizer has a better summary than its pitch for those who see only that:
// plain, one line.
type Summarizer interface {
	Summary() string
}

// Mapper says some of itself on the wire in other words than those of its
// descriptor, for software that knows its ActivityStreams type and not Essaim.
type Mapper interface {
	// Properties are added to the object. Values are what encoding/json makes
	// objects, lists, texts, numbers and booleans of.
	Properties() map[string]any
	// Adopt fills what is still empty from an object as it stands on the wire, of
	// Essaim or of other software. get returns a property as encoding/json decodes
	// it, or nil.
	Adopt(get func(name string) any)
}
