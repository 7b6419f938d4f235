package fedtest

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// circled is a node with a circle, of which ana is, and bob is not.
type circled struct {
	*Node
	t        *testing.T
	ana, bob *store.Actor
	circle   *store.Circle
}

func newCircled(t *testing.T) *circled {
	t.Helper()
	c := &circled{Node: Start(t, "estran"), t: t}
	for handle, member := range map[string]**store.Actor{"ana": &c.ana, "bob": &c.bob} {
		var err error
		if *member, err = c.AddMember(t.Context(), store.Actor{Handle: handle, Name: handle}, nil); err != nil {
			t.Fatal(err)
		}
	}
	err := c.Store.Update(t.Context(), func(tx *store.Txn) error {
		c.circle = &store.Circle{Name: "Élus", Members: []string{c.ana.IRI}}
		return tx.PutCircle(c.circle)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// as is what a member may see now.
func (c *circled) as(member *store.Actor) (v store.Viewer) {
	c.t.Helper()
	err := c.Store.View(c.t.Context(), func(tx *store.Txn) error {
		v = tx.ViewerOf(member, store.Contributor)
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *circled) note(about string, audience store.Audience) *federation.Activity {
	return &federation.Activity{Verb: "Create", Actor: c.Lab.IRI, Item: &store.News{Record: store.Record{
		Kind: "news", Body: "Entre nous.", Audience: audience, InReplyTo: about,
	}}}
}

// wrong is the field that an error is about, or the error.
func wrong(err error) string {
	if field, ok := errors.AsType[*store.FieldError](err); ok {
		return field.Field + " " + field.Reason
	}
	if errors.Is(err, store.ErrNotFound) {
		return "not found"
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestDoorChecksWhoChoosesACircle(t *testing.T) {
	c := newCircled(t)
	for _, x := range []struct {
		name string
		by   store.Viewer
		step store.Audience
		want string
	}{
		{"a member of it", c.as(c.ana), c.circle.Audience(), ""},
		{"another member", c.as(c.bob), c.circle.Audience(), "audience error.choice"},
		{"who runs the node", c.Admin(), c.circle.Audience(), ""},
		{"a circle that is not there", c.Admin(), store.CircleAudience(12), "audience error.choice"},
		{"a name that is none", c.Admin(), "circle:élus", "audience error.choice"},
	} {
		if got := wrong(c.Publish(t.Context(), x.by, c.note("", x.step))); got != x.want {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}

// Whoever left a circle goes on with his own records that are for it, and once
// they are for others cannot go back.
func TestAuthorWhoLeftTheCircleKeepsItsAudience(t *testing.T) {
	c := newCircled(t)
	created := c.note("", c.circle.Audience())
	if err := c.Publish(t.Context(), c.as(c.ana), created); err != nil {
		t.Fatal(err)
	}
	if err := c.Store.Update(t.Context(), func(tx *store.Txn) error {
		left := *c.circle
		left.Members = nil
		return tx.PutCircle(&left)
	}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		to   store.Audience
		want string
	}{{c.circle.Audience(), ""}, {store.Team, ""}, {c.circle.Audience(), "audience error.choice"}} {
		created.Item.Envelope().Audience = x.to
		again := &federation.Activity{Verb: "Update", Actor: c.Lab.IRI, Item: created.Item}
		if got := wrong(c.Publish(t.Context(), c.as(c.ana), again)); got != x.want {
			t.Errorf("to %s: got %q, want %q", x.to, got, x.want)
		}
	}
}

func TestAnswerReachesNoFartherThanWhatItAnswers(t *testing.T) {
	c := newCircled(t)
	second := circlesOf(t, c.Node, "second")["circle:second"]
	steps := []store.Audience{store.Team, c.circle.Audience(), store.LabOnly, store.FollowedLabs, store.Unlisted, store.Public}
	for i, parent := range steps {
		root := c.note("", parent)
		if err := c.Publish(t.Context(), c.Admin(), root); err != nil {
			t.Fatal(err)
		}
		for j, answer := range append(steps, second) {
			want := ""
			if j < len(steps) && j > i || answer == second && i < 2 {
				want = "audience error.audience-wider"
			}
			if got := wrong(c.Publish(t.Context(), c.Admin(), c.note(root.Object, answer))); got != want {
				t.Errorf("%s in answer to %s: got %q, want %q", answer, parent, got, want)
			}
		}
		want := ""
		if i < 2 {
			want = "not found" // bob cannot see it
		}
		if got := wrong(c.Publish(t.Context(), c.as(c.bob), c.note(root.Object, store.Team))); got != want {
			t.Errorf("bob answers %s: got %q, want %q", parent, got, want)
		}
	}
}

// What is said in the thread of a record goes down the ladder with it, also from
// one circle to another.
func TestNewsFollowTheirRecordFromCircleToCircle(t *testing.T) {
	c := newCircled(t)
	second := circlesOf(t, c.Node, "second")["circle:second"]
	root := &federation.Activity{Verb: "Create", Actor: c.Lab.IRI, Item: experiment("Racine", c.circle.Audience())}
	publish(t, c.Node, root)
	note := c.note(root.Object, c.circle.Audience())
	publish(t, c.Node, note)
	root.Item.Envelope().Audience = second
	publish(t, c.Node, &federation.Activity{Verb: "Update", Actor: c.Lab.IRI, Item: root.Item})
	eventually(t, c.Node, "the news is for the second circle", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(note.Object)
		return err == nil && it.Envelope().Audience == second
	})
}

func TestOnlyThoseWhoRunTheNodeDissolveACircle(t *testing.T) {
	c := newCircled(t)
	kept := c.note("", c.circle.Audience())
	if err := c.Publish(t.Context(), c.as(c.ana), kept); err != nil {
		t.Fatal(err)
	}
	if err := c.DissolveCircle(t.Context(), c.as(c.ana), c.circle.ID); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("a member: got %v, want ErrForbidden", err)
	}
	for _, want := range []error{nil, store.ErrNotFound} {
		if err := c.DissolveCircle(t.Context(), c.Admin(), c.circle.ID); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	eventually(t, c.Node, "the record is its team's", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(kept.Object)
		return err == nil && it.Envelope().Audience == store.Team
	})
}

// A client names a circle by its audience; another member cannot.
func TestClientPostsForItsCircle(t *testing.T) {
	c := newCircled(t)
	first, other := tokenOf(t, c.Node, "lea", store.Contributor, "read", "write"), tokenOf(t, c.Node, "noe", store.Contributor, "read", "write")
	if err := c.Store.Update(t.Context(), func(tx *store.Txn) error {
		c.circle.Members = append(c.circle.Members, c.URL+"/actors/lea")
		return tx.PutCircle(c.circle)
	}); err != nil {
		t.Fatal(err)
	}
	body := `{"type":"Note","content":"Entre nous","essaim:audience":"` + string(c.circle.Audience()) + `"}`
	posted := ask(t, http.MethodPost, c.URL+"/actors/lea/outbox", first, body)
	if posted.StatusCode != http.StatusCreated {
		t.Fatalf("got %d, want 201", posted.StatusCode)
	}
	for token, want := range map[string]int{first: http.StatusOK, other: http.StatusNotFound, "": http.StatusNotFound} {
		if got := ask(t, http.MethodGet, posted.Header.Get("Location"), token, "").StatusCode; got != want {
			t.Errorf("%q reads it: got %d, want %d", token, got, want)
		}
	}
	if got := ask(t, http.MethodPost, c.URL+"/actors/noe/outbox", other, body).StatusCode; got != http.StatusUnprocessableEntity {
		t.Errorf("who is not of it: got %d, want 422", got)
	}
}

// Who belongs to a circle decides who sees what is for it, so the door asks who
// changes that: those who run the node, and its managers as they are now.
func TestCircleIsSavedByWhoManagesIt(t *testing.T) {
	c := newCircled(t)
	managed := store.Circle{Name: "À elle", Managers: []string{c.ana.IRI}}
	if _, err := c.SaveCircle(t.Context(), c.as(c.ana), managed); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("a new one by a member: got %v, want ErrForbidden", err)
	}
	saved, err := c.SaveCircle(t.Context(), c.Admin(), managed)
	if err != nil || saved.ID == 0 || !saved.Has(c.ana.IRI) {
		t.Fatalf("a new one by who runs the node: got %+v, %v", saved, err)
	}
	taken := *saved
	taken.Managers = append(taken.Managers, c.bob.IRI)
	if _, err := c.SaveCircle(t.Context(), c.as(c.bob), taken); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("by who makes himself its manager: got %v, want ErrForbidden", err)
	}
	handed := *saved
	handed.Managers, handed.Created = []string{c.bob.IRI}, time.Time{}
	if again, err := c.SaveCircle(t.Context(), c.as(c.ana), handed); err != nil || !again.Created.Equal(saved.Created) {
		t.Errorf("by its manager: got %+v, %v", again, err)
	}
	if _, err := c.SaveCircle(t.Context(), c.as(c.ana), *saved); !errors.Is(err, federation.ErrForbidden) {
		t.Errorf("by who handed it over: got %v, want ErrForbidden", err)
	}
	if _, err := c.SaveCircle(t.Context(), c.Admin(), store.Circle{ID: 12, Name: "Rien"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that is not there: got %v, want ErrNotFound", err)
	}
	if _, err := c.SaveCircle(t.Context(), c.Admin(), store.Circle{}); err == nil {
		t.Error("one without a name is kept")
	}
}
