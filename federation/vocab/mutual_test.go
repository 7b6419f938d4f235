package vocab

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func room() *store.Resource {
	r := &store.Resource{State: "endormie", Mutual: store.Mutual{Means: "espace", Basis: "pret", Quantity: 12.5, Unit: "jour", Contact: "ana@exemple.fr"}}
	r.Record = store.Record{
		IRI: "https://labs.example/o/6", Kind: "resource", Lang: "fr", Title: "Salle de 200 m²", Pitch: "Pour vos ateliers.", Body: "x",
		Audience: store.Public, Lab: lab.IRI, Created: noon, Updated: noon,
	}
	return r
}

// FEP-0837 on a Note, which Mastodon shows whole.
func TestOfferIsANoteThatPublishesAnIntent(t *testing.T) {
	d := mustParse(t, string(RecordDocument(room(), publication())))
	publishes := d.Doc("publishes")
	quantity := publishes.Doc("resourceQuantity")
	for what, pair := range map[string][2]string{
		"type": {d.Type(), "Note"}, "purpose": {d.Str("purpose"), "offer"}, "name": {d.Str("name"), "Salle de 200 m²"},
		"intent": {publishes.Type(), "Intent"}, "action": {publishes.Str("action"), "deliverService"},
		"means": {publishes.Str("resourceConformsTo"), "essaim:espace"},
		"unit":  {quantity.Str("hasUnit"), "day"}, "value": {quantity.Str("hasNumericalValue"), "12.5"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	if d.Has("summary") {
		t.Error("the summary of a Note is a content warning")
	}
	if got := d.Str("content"); !strings.HasPrefix(got, "<p><strong>Salle de 200 m²</strong></p><p>Pour vos ateliers.</p>") {
		t.Errorf("content: got %s", got)
	}
	if strings.Contains(string(d.Raw()), "exemple.fr") {
		t.Error("the address of the contact is on the wire")
	}
	back := there(t, room()).(*store.Resource)
	if back.Pitch != "Pour vos ateliers." || back.HTML != publication().Body || back.State != "endormie" || back.Quantity != 12.5 {
		t.Errorf("came back as %+v", back)
	}
}

func TestProposalsOfOthersAreOffersAndNeeds(t *testing.T) {
	props := `"type":"Note","content":"<p>Un tour à bois</p>","purpose":"request","publishes":{"type":"Intent","action":"transfer",
		"resourceConformsTo":"https://wikidata.example/Q1","resourceQuantity":{"hasUnit":"om2:kilogram","hasNumericalValue":"3"}}`
	it, err := ReadRecord(mustParse(t, external(props)), stranger, noon)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := it.(*store.Need)
	if !ok || n.Quantity != 3 || n.Unit != "kg" || n.Means != "" || n.Kind != "need" {
		t.Errorf("got %+v", it)
	}
	if r := read(t, `"type":"Note","purpose":"offer","publishes":[7,{"resourceQuantity":"x"}]`); r.Kind != "resource" {
		t.Errorf("got %s", r.Kind)
	}
}
