package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	frontPath = "/admin/accueil"
	hidden    = "0" // the place of a block that is not shown
)

// front is /admin/accueil: in which order the blocks of the home page stand, and which
// are shown.
func (p *Pages) front(w http.ResponseWriter, r *http.Request) error {
	var now *store.Front
	err := p.view(r, func(tx *store.Txn) error {
		now = tx.Front()
		return nil
	})
	if err != nil {
		return err
	}
	f := p.frontForm(r, now)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	f.fill(r)
	if err := p.saveFront(r, now); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "front.saved")
	return p.Frame.Redirect(w, r, frontPath)
}

func (p *Pages) frontForm(r *http.Request, now *store.Front) *form {
	f := &form{
		top: p.admin(r, p.t(r, "front.title"), frontPath), Lead: p.t(r, "front.lead"), Action: frontPath, Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "front.see"), Href: "/"}},
	}
	var places []assets.Choice
	all := slices.Concat(now.Shown, now.Hidden)
	for i := range all {
		place := strconv.Itoa(i + 1)
		places = append(places, assets.Choice{Value: place, Text: p.t(r, "front.place", "place", place)})
	}
	places = append(places, assets.Choice{Value: hidden, Text: p.t(r, "front.hidden")})
	var fields []assets.Field
	for i, name := range all {
		place := hidden
		if i < len(now.Shown) {
			place = strconv.Itoa(i + 1)
		}
		fields = append(fields, assets.Field{Name: name, Label: p.blockName(r, name), Type: "select", Value: place, Choices: places})
	}
	fields = append(fields, assets.Field{Name: "default", Label: p.t(r, "front.default"), Type: "checkbox"})
	f.Sections = []section{{Fields: fields}}
	return f
}

// blockName is what people call a block: a shelf has the name of its list.
func (p *Pages) blockName(r *http.Request, name string) string {
	if store.KindOf(name) != nil {
		return p.t(r, "list."+name+".title")
	}
	return p.t(r, "front.block-"+name)
}

func (p *Pages) saveFront(r *http.Request, now *store.Front) error {
	chosen := new(store.Front)
	if r.PostForm.Get("default") == "" {
		var err error
		if chosen, err = rearranged(r, now); err != nil {
			return err
		}
	}
	return p.change(r, store.JournalEntry{Deed: store.ArrangeFront}, func(tx *store.Txn) error { return tx.PutFront(chosen) })
}

// rearranged moves the blocks that were given another place. Whatever stood there, and
// what lies between, makes room.
func rearranged(r *http.Request, now *store.Front) (*store.Front, error) {
	type moved struct {
		name string
		at   int
	}
	var c checks
	var shown []moved
	chosen := new(store.Front)
	all := slices.Concat(now.Shown, now.Hidden)
	for i, name := range all {
		place, err := strconv.Atoi(typed(r, name))
		switch {
		case err != nil, place < 0, place > len(all):
			c.add(name, "error.choice", map[string]any{"value": typed(r, name)})
		case place == 0:
			chosen.Hidden = append(chosen.Hidden, name)
		default:
			// Between two places: behind whatever stands there on the way down, before it on
			// the way up.
			shown = append(shown, moved{name, 2*place + cmp.Compare(place, i+1)})
		}
	}
	slices.SortStableFunc(shown, func(a, b moved) int { return cmp.Compare(a.at, b.at) })
	for _, m := range shown {
		chosen.Shown = append(chosen.Shown, m.name)
	}
	return chosen, c.err()
}
