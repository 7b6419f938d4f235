package page

import (
	"slices"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// descends are the relations by which a record comes from another.
var descends = []string{store.Replicates, "inspire-par", "suite-de"}

// lineage is where a record comes from and what came of it: a tree, as a nested
// list and as a drawing of the same.
type lineage struct {
	Root  *descendant
	Chart tree
	Map   *chart // of who took the record up; nil when nobody did
}

// descendant is a record of a lineage.
type descendant struct {
	relatedLink
	Here     bool // the page that shows it
	Children []*descendant
}

// tree draws a lineage: the eldest on the left, a line for each record.
type tree struct {
	Width, Height int
	Lines         []string
	Dots          []dot
}

// lineage is nil for a record that neither comes from another nor led to one.
func (a *ask) lineage(tx *store.Txn, it store.Item) *lineage {
	here := it.Envelope().IRI
	eldest := a.eldest(tx, it)
	l := &lineage{Root: &descendant{relatedLink: a.relatedTo(tx, eldest, ""), Here: eldest.Envelope().IRI == here}}
	left, seen := lineageWide, map[string]bool{eldest.Envelope().IRI: true}
	a.addChildren(tx, l.Root, eldest, here, seen, &left, 0)
	if len(l.Root.Children) == 0 {
		return nil
	}
	l.Chart = drawTree(l.Root)
	l.Map = a.adoptions(tx, it)
	return l
}

// eldest goes back to the first record that a record comes from, as far as it is
// known and may be seen.
func (a *ask) eldest(tx *store.Txn, it store.Item) store.Item {
	seen := map[string]bool{}
	for range lineageDeep {
		seen[it.Envelope().IRI] = true
		parent := a.parent(tx, it)
		if parent == nil || seen[parent.Envelope().IRI] {
			return it
		}
		it = parent
	}
	return it
}

func (a *ask) parent(tx *store.Txn, it store.Item) store.Item {
	for _, rel := range store.Relations(it) {
		if !slices.Contains(descends, rel.Type) {
			continue
		}
		if parent, err := tx.RecordByIRI(rel.Target); err == nil && a.by.CanList(parent.Envelope()) {
			return parent
		}
	}
	return nil
}

// addChildren adds what came of a record, each once, as long as there is room.
func (a *ask) addChildren(tx *store.Txn, to *descendant, it store.Item, here string, seen map[string]bool, left *int, depth int) {
	if depth == lineageDeep {
		return
	}
	for _, back := range tx.Backs(it.Envelope().IRI, a.by, maxBacks) {
		iri := back.Source.Envelope().IRI
		if !slices.Contains(descends, back.Type) || seen[iri] || *left == 0 {
			continue
		}
		seen[iri] = true
		*left--
		child := &descendant{relatedLink: a.relatedTo(tx, back.Source, back.Note), Here: iri == here}
		to.Children = append(to.Children, child)
		a.addChildren(tx, child, back.Source, here, seen, left, depth+1)
	}
}

// The measures of a tree, in units of the drawing.
const (
	treeStep = 56
	treeLine = 34
	treeText = 420
)

func drawTree(root *descendant) tree {
	var t tree
	t.draw(root, 0, nil)
	t.Height = len(t.Dots)*treeLine + treeLine/2
	return t
}

func (t *tree) draw(d *descendant, depth int, parent *point) {
	at := point{X: float64(depth*treeStep + 16), Y: float64(len(t.Dots)*treeLine + 20)}
	if parent != nil {
		bend := point{X: parent.X, Y: at.Y}
		t.Lines = append(t.Lines, "M"+pair(*parent)+" Q"+pair(bend)+" "+pair(at))
	}
	name := d.Origin.Name
	if name == "" {
		name = d.Text
	}
	t.Dots = append(t.Dots, dot{
		X: round(at.X), Y: round(at.Y), R: "8", Home: d.Here,
		Label: &label{Text: name, X: round(at.X + 16), Y: round(at.Y + 5), Anchor: "start"},
	})
	t.Width = max(t.Width, depth*treeStep+treeText)
	for _, child := range d.Children {
		t.draw(child, depth+1, &at)
	}
}

// adoptions are the labs that took a record up, on the map; nil when nobody did.
func (a *ask) adoptions(tx *store.Txn, it store.Item) *chart {
	s := newSketch(a.actor(tx, it.Envelope().Lab), 1)
	for _, back := range tx.Backs(it.Envelope().IRI, a.by, maxBacks) {
		r := back.Source.Envelope()
		if back.Type != store.Replicates || r.Lab == it.Envelope().Lab {
			continue
		}
		s.followedBy(a.actor(tx, r.Lab), 1, true)
		if r.Place.Located() {
			s.labs[len(s.labs)-1].place = r.Place
		}
	}
	if len(s.labs) == 1 {
		return nil
	}
	c := s.draw(a)
	c.Title = a.t("record.adoptions")
	c.Text = a.t("record.adoptions-text", "count", len(s.labs)-1)
	return &c
}

// recordLink leads to a record's page here.
func (a *ask) recordLink(r *store.Record) assets.Link {
	return assets.Link{Text: title(r), Href: federation.PagePath(r)}
}
