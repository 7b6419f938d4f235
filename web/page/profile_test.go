package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/webtest"
)

// answers are those of the form to every question, with one audience for all.
func answers(audience store.Audience) url.Values {
	v := url.Values{
		"job": {"Chargée de mission"}, "employer": {"Ville de Zed"}, "skills": {"Enquête, facilitation graphique ,"},
		"expertise": {"terrain"}, "themes": {"mobilite"}, "languages": {"fr", "br"}, "offers": {"Une relecture."}, "seeks": {"Un stage long."},
		"facilitates": {"1"}, "days": {"1,5"}, "availability": {"a-distance"}, "relay": {"1"}, "mandate": {"personnel"},
		"roles.0.lab": {"Labo des marais"}, "roles.0.role": {"designer"}, "roles.0.since": {"2024-01-01"}, "roles.0.until": {""},
	}
	for _, f := range store.ProfileFields {
		if !f.Inner {
			v.Set(audienceStart+f.Name, string(audience))
		}
	}
	return v
}

// shown is what each field says on the page of a member.
var shown = map[string]string{
	"job": "Chargée de mission", "employer": "Ville de Zed", "skills": "<li>facilitation graphique</li>", "expertise": "<li>Du terrain</li>",
	"themes": "<li>mobilité", "languages": "<li>breton", "offers": "Une relecture.", "seeks": "Un stage long.", "facilitates": "Peut faciliter pour d&#39;autres labos",
	"days": `<dd>1,5</dd>`, "availability": "<li>À distance", "mandate": "À titre personnel", "roles": "Labo des marais", "relay": "Accepte les messages par un formulaire",
}

func TestProfileIsReadByWhomItsMemberChose(t *testing.T) {
	s := newSite(t)
	visitor, ana := s.Visitor(t), s.As(t, s.member(t, "ana", store.Contributor))
	eve, admin := s.As(t, s.member(t, "eve", store.Contributor)), s.As(t, s.node.Admin)
	for _, audience := range []store.Audience{store.Team, store.LabOnly, store.Public} {
		if a := ana.Post(ownProfile, answers(audience)); a.Status != http.StatusSeeOther || a.Location != "/@ana" {
			t.Fatalf("saved: got %d, to %q: %s", a.Status, a.Location, a.Body)
		}
		for name, x := range map[string]struct {
			page  string
			reads bool
			inner bool
		}{
			"visitor": {visitor.Get("/@ana").Body, audience == store.Public, false},
			"member":  {eve.Get("/@ana").Body, audience != store.Team, false},
			"herself": {ana.Get("/@ana").Body, true, true},
			"admin":   {admin.Get("/@ana").Body, true, true},
		} {
			for _, f := range store.ProfileFields {
				want := x.reads && !f.Inner || x.inner
				if got := strings.Contains(x.page, shown[f.Name]); got != want {
					t.Errorf("%s, %s for %s: shown %v, want %v", name, f.Name, audience, got, want)
				}
			}
		}
	}
}

func TestProfileFormKeepsWhatWasTypedAndSaysWhatIsWrong(t *testing.T) {
	s := newSite(t)
	ana := s.As(t, s.member(t, "ana", store.Contributor))
	for _, x := range []struct {
		name, value string
		fr, en      string
	}{
		{"days", "beaucoup", "Jours disponibles par mois", "Days available per month: "},
		{"days", "40", "Un mois n&#39;a pas plus de 31 jours.", "A month has no more than 31 days."},
		{"skills", "a, " + strings.Repeat("b", 61), "est trop long pour une compétence", "is too long for a skill"},
		{"job", strings.Repeat("c", 101), "C&#39;est trop long", "too long"},
		{"expertise", "science", "Choisissez une réponse de la liste", "Choose an answer from the list"},
		{"roles.0.until", "2023-01-01", "La fin ne peut pas venir avant le début", "The end cannot come before"},
		{"roles.0.lab", "", "Cette réponse est nécessaire", "This answer is needed"},
		{"mandate", "oui", "Choisissez une réponse de la liste", "Choose an answer from the list"},
		{audienceStart + "job", "followed-labs", "Choisissez une réponse de la liste", "Choose an answer from the list"},
	} {
		typed := answers(store.Public)
		typed.Set(x.name, x.value)
		for prefix, want := range map[string]string{"": x.fr, "/en": x.en} {
			a := ana.Post(prefix+ownProfile, typed)
			if a.Status != http.StatusUnprocessableEntity || !a.Has(want) {
				t.Errorf("%s = %q: got %d, want %q in\n%s", x.name, x.value, a.Status, want, mistakesOf(a.Body))
			}
			if !a.Has("Ville de Zed") || !a.Has("Labo des marais") && x.name != "roles.0.lab" {
				t.Errorf("%s: what was typed is lost", x.name)
			}
		}
	}
	if page := ana.Get("/@ana").Body; strings.Contains(page, "Ville de Zed") {
		t.Error("a form with mistakes was saved")
	}
}

// mistakesOf is the summary of a form.
func mistakesOf(page string) string {
	_, rest, _ := strings.Cut(page, `<section class="mistakes"`)
	summary, _, _ := strings.Cut(rest, "</section>")
	return summary
}

func TestProfileIsChangedByItsMemberAndThoseWhoRunTheNode(t *testing.T) {
	s := newSite(t)
	s.member(t, "ana", store.Contributor)
	visitor, eve, admin := s.Visitor(t), s.As(t, s.member(t, "eve", store.Contributor)), s.As(t, s.node.Admin)
	if a := visitor.Get("/@ana/profil"); a.Status != http.StatusSeeOther {
		t.Errorf("a visitor: got %d, want the way to sign in", a.Status)
	}
	if a := eve.Get("/@ana/profil"); a.Status != http.StatusForbidden {
		t.Errorf("another member: got %d", a.Status)
	}
	if a := eve.Post("/@ana/profil", answers(store.Public)); a.Status != http.StatusForbidden {
		t.Errorf("another member saves: got %d", a.Status)
	}
	if a := admin.Get("/@" + s.node.Lab.Handle + "/profil"); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
		t.Errorf("a lab has no profile of a person: got %d", a.Status)
	}
	if a := admin.Post("/@ana/profil", answers(store.Public)); a.Status != http.StatusSeeOther {
		t.Errorf("an administrator: got %d", a.Status)
	}
	if a := visitor.Get("/@ana"); !a.Has("Ville de Zed") || a.Has("/profil") {
		t.Error("it was not saved, or a visitor is asked to edit")
	}
}

func TestDirectoryShowsAndFindsWhatIsForTheViewer(t *testing.T) {
	s := newSite(t)
	for handle, audience := range map[string]store.Audience{"ana": store.Public, "bea": store.LabOnly} {
		m := s.member(t, handle, store.Contributor)
		s.As(t, m).Post(ownProfile, answers(audience))
		s.update(t, func(tx *store.Txn) error {
			m, err := tx.Actor(m.ID)
			if err != nil {
				return err
			}
			m.Discoverable, m.Role = true, "designer"
			return tx.PutActor(m)
		})
	}
	visitor, member := s.Visitor(t), s.As(t, s.node.Contributor)
	for query, want := range map[string]struct{ visitor, member int }{
		"?themes=mobilite":                     {1, 2},
		"?skills=enqu%C3%AAte&facilitates=1":   {1, 2},
		"?expertise=terrain&role=designer":     {1, 2},
		"?role=designer&origine=ici":           {2, 2},
		"?origine=reseau":                      {0, 0},
		"?expertise=usage":                     {0, 0},
		"?role=designer&skills=inconnue&page=": {0, 0},
	} {
		if got := strings.Count(visitor.Get("/membres"+query).Body, `<li class="person">`); got != want.visitor {
			t.Errorf("%s, a visitor: got %d, want %d", query, got, want.visitor)
		}
		if got := strings.Count(member.Get("/membres"+query).Body, `<li class="person">`); got != want.member {
			t.Errorf("%s, a member: got %d, want %d", query, got, want.member)
		}
	}
	if got := strings.Count(visitor.Get("/membres").Body, "Chargée de mission"); got != 1 {
		t.Errorf("a visitor reads %d jobs, want 1", got)
	}
	if a := visitor.Get("/en/membres?skills=enqu%C3%AAte"); !a.Has("facilitation graphique (1)") || a.Has("Ville de Zed") {
		t.Error("the facets of the directory")
	}
}

func TestMemberOfAnotherLabIsSaidToBeOneWhenTheLabSaysSo(t *testing.T) {
	s := newSite(t)
	lab := s.neighbour(t, "marais")
	iri := "https://marais.example/actors/zoe"
	zoe := &store.Actor{
		IRI: iri, Type: store.Person, Handle: "zoe", Host: "marais.example", Name: "Zoé", Inbox: iri + "/inbox", Lab: lab.IRI, Role: "designer",
		Discoverable: true, Fetched: time.Now(), Profile: &store.Profile{Job: "Archiviste <b>"},
	}
	s.update(t, func(tx *store.Txn) error { return tx.PutActor(zoe) })
	visitor := s.Visitor(t)
	if a := visitor.Get("/reseau/marais.example/zoe"); !a.Has("Dit être membre de") || a.Has("Designer") || !a.Has("Archiviste &lt;b&gt;") {
		t.Errorf("unconfirmed: %s", a.Body)
	}
	s.follow(t, s.node.Lab, lab, store.Accepted)
	s.update(t, func(tx *store.Txn) error {
		tx.LabSaid(zoe, true)
		return nil
	})
	if a := visitor.Get("/reseau/marais.example/zoe"); !a.Has("Membre de <a") || a.Has("Dit être membre de") {
		t.Errorf("confirmed: %s", a.Body)
	}
	if a := visitor.Get("/membres"); !a.Has(`<a href="/reseau/marais.example/zoe">Zoé</a>`) || !a.Has("Labo marais") {
		t.Errorf("the directory: %s", a.Body)
	}
}

func TestMemberIsWrittenToByWhomSheChose(t *testing.T) {
	s := newSite(t)
	sink := withMail(t, s)
	m := s.member(t, "ana", store.Contributor)
	s.update(t, func(tx *store.Txn) error {
		account, err := tx.AccountOf(m.ID)
		if err != nil {
			return err
		}
		account.Email = "secrete@exemple.test"
		return tx.PutAccount(account)
	})
	visitor, ana, yann := s.Visitor(t), s.As(t, m), s.As(t, s.node.Contributor)
	const way = "/@ana" + relayEnd
	reach := func(audience store.Audience, visitors, members bool) {
		t.Helper()
		typed := answers(store.Public)
		typed.Set(audienceStart+"relay", string(audience))
		ana.Post(ownProfile, typed)
		for name, x := range map[string]struct {
			client *webtest.Client
			want   bool
		}{"a visitor": {visitor, visitors}, "a member": {yann, members}} {
			if a := x.client.Get("/@ana"); a.Has(way) != x.want || a.Has("secrete@") {
				t.Errorf("%s, %s: way shown %v, or the address shows", audience, name, a.Has(way))
			}
			if a := x.client.Get(way); a.Status == http.StatusOK != x.want || a.Has("secrete@") {
				t.Errorf("%s, %s: form %d, or the address shows", audience, name, a.Status)
			}
		}
	}
	reach(store.Team, false, false)
	reach(store.LabOnly, false, true)
	reach(store.Public, true, true)
	form := url.Values{"email": {"bo@exemple.test"}, "message": {"Je peux aider."}, stampName: {s.stamp(t, "relay "+m.ID.String())}}
	if a := visitor.Post(way, form); a.Status != http.StatusSeeOther || a.Location != "/@ana" {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	s.post(t)
	if l := sink.Wait(t, 1)[0]; l.To != "secrete@exemple.test" || l.Header.Get("Reply-To") != "<bo@exemple.test>" || !strings.Contains(l.Body, "Je peux aider.") {
		t.Errorf("got %q", l.Raw)
	}
}

func TestProfilesAndTheDirectoryHaveTheirWords(t *testing.T) {
	c := catalog(t)
	want := func(key string) {
		if !c.Has(assets.French, key) || !c.Has(assets.English, key) {
			t.Errorf("no words for %q", key)
		}
	}
	fieldWords(c, want, "profile", store.ProfileFields, "")
	fieldWords(c, want, "profile", []store.Field{{Name: "job", Vocabulary: &store.ProfileAudiences}}, "")
	for _, f := range store.MemberFacets {
		want("filter." + f.Name)
		if f.Widget == store.Tick {
			want("directory." + f.Name)
		}
	}
	for _, slug := range store.Origins.Slugs {
		want("origin." + slug)
	}
	for _, f := range store.ProfileFields {
		if !c.Has(assets.French, "field.profile-"+f.Name) {
			t.Errorf("%s has no name of its own, which the wire says", f.Name)
		}
	}
}
