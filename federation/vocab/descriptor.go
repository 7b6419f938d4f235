package vocab

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-fed/activity/streams"

	"github.com/essaim/essaim/store"
)

// Descriptor is what a lab says of itself in a few lines, for others to hand on.
// Peer holds what is read again; the rest is for whoever copies its catalogue.
type Descriptor struct {
	*store.Peer
	Catalog string
	Seq     uint64
	Digest  store.Digest
}

// descriptorContext is that of descriptors.
const descriptorContext = `["` + NS + `","` + proofContext + `",{"essaim":"` + EssaimNS + `"}]`

// DescriptorPath follows the IRI of a lab in that of its descriptor.
const DescriptorPath = "/descriptor"

// Encode writes the descriptor: an ActivityStreams Profile (Vocabulary §3.3).
func (d Descriptor) Encode() []byte {
	t := streams.NewActivityStreamsProfile()
	setID(t, d.IRI+DescriptorPath)
	t.SetActivityStreamsName(text(streams.NewActivityStreamsNameProperty(), d.Name))
	t.SetActivityStreamsDescribes(iri(streams.NewActivityStreamsDescribesProperty(), d.IRI))
	t.SetActivityStreamsUrl(iris(streams.NewActivityStreamsUrlProperty(), d.Page))
	x := extension(t.GetUnknownProperties())
	x.set("preferredUsername", d.Handle)
	x.setTime("updated", d.Updated)
	for name, list := range map[string][]string{
		"essaim:territory": d.Territory, "essaim:themes": d.Themes, "essaim:languages": d.Langs,
	} {
		x[name] = notNil(list)
	}
	x.set("essaim:software", d.Software)
	x.set("essaim:peers", d.List)
	x.set("essaim:sketch", d.Sketch)
	x.set("essaim:catalog", d.Catalog)
	x["essaim:seq"], x["essaim:digest"] = d.Seq, d.Digest
	return marshal(t, descriptorContext)
}

// Bounds of what is taken over of a descriptor.
const (
	maxDescriptor = 8 << 10 // bytes
	maxThemes     = 10
	maxLangs      = 5
	maxSoftware   = 64 // characters
)

// ReadDescriptor reads what a lab says of itself: IRI, Handle, Host, Name, Page,
// Territory, Themes, Langs, Software, List, Sketch and Updated of a peer. Whether the lab
// said it is for the caller to verify. It answers ErrMalformed for what is no
// descriptor, is not at home with the lab that it describes, or has no date.
func ReadDescriptor(doc Doc) (*store.Peer, error) {
	p := &store.Peer{IRI: doc.IRI("describes"), Handle: handle(doc)}
	if doc.Type() != "Profile" || len(doc.Raw()) > maxDescriptor || !store.SameOrigin(p.IRI, doc.ID()) || !doc.Has("preferredUsername") || p.Handle == "" {
		return nil, fmt.Errorf("%w: descriptor %q of %q", ErrMalformed, doc.ID(), p.IRI)
	}
	updated, ok := doc.Time("updated")
	if !ok {
		return nil, fmt.Errorf("%w: descriptor %s without a date", ErrMalformed, doc.ID())
	}
	p.Updated, p.Host = updated.UTC().Truncate(time.Millisecond), store.HostOf(p.IRI)
	p.Name = line(doc.Str("name"), maxName)
	if u := doc.link("url"); store.SameOrigin(u, p.IRI) {
		p.Page = u
	}
	p.Territory = slugsOf(doc.Strs("essaim:territory"), &store.Territories, len(store.Territories.Slugs))
	p.Themes = slugsOf(doc.Strs("essaim:themes"), &store.Themes, maxThemes)
	for _, l := range doc.Strs("essaim:languages") {
		if isLang(l) && len(p.Langs) < maxLangs && !slices.Contains(p.Langs, l) {
			p.Langs = append(p.Langs, l)
		}
	}
	p.Software = line(doc.Str("essaim:software"), maxSoftware)
	p.List, p.Sketch = doc.owned("essaim:peers"), doc.owned("essaim:sketch")
	return p, nil
}

// PeerOf is what the document of a lab that has no descriptor says.
func PeerOf(a *store.Actor) *store.Peer {
	p := &store.Peer{
		IRI: a.IRI, Handle: a.Handle, Host: a.Host, Name: a.Name, Page: a.Page(), Territory: a.Territory,
		Themes: slugsOf(a.Tags, &store.Themes, maxThemes), Updated: a.Updated,
	}
	if a.Lang != "" {
		p.Langs = []string{a.Lang}
	}
	return p
}

// slugsOf are the words of a vocabulary among those that were said, each once.
func slugsOf(said []string, v *store.Vocabulary, most int) []string {
	var list []string
	for _, s := range said {
		if slices.Contains(v.Slugs, s) && !slices.Contains(list, s) && len(list) < most {
			list = append(list, s)
		}
	}
	return list
}

// isLang takes a language of two or three letters, with or without what follows
// (RFC 5646 §2.1).
func isLang(s string) bool {
	if len(s) < 2 || len(s) > 16 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (i < 2 || c != '-' && (c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}
