package page

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

const newExperiment = "/experimentations/nouvelle"

// valid is a form that can be saved.
func valid() url.Values {
	return url.Values{
		"title": {"Le guichet des marées"}, "pitch": {"Ouvrir quand les gens rentrent."}, "stage": {"signal"}, "audience": {"public"},
	}
}

// send posts a form with a file, as a browser does; a nil picture is an empty
// file input.
func send(t testing.TB, c *webtest.Client, path string, form url.Values, picture []byte) webtest.Answer {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	name := "photo.png"
	if picture == nil {
		name = ""
	}
	part, err := w.CreateFormFile("image", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(picture); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Do(http.MethodPost, path, &b, http.Header{"Content-Type": {w.FormDataContentType()}, "Sec-Fetch-Site": {"same-origin"}})
}

func pixels(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		img.Set(x, x/2, color.RGBA{200, uint8(x), 20, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// saved is the record that a redirect leads to, or whose place on a page.
func (s *site) saved(t testing.TB, a webtest.Answer) store.Item {
	t.Helper()
	if a.Status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303: %s", a.Status, mistakes(a))
	}
	to := a.Header.Get("Location") // with the fragment, if there is one
	id, err := store.ParseID(to[strings.LastIndexAny(to, "-/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	return s.record(t, id)
}

// mistakes is the summary of errors of a page.
func mistakes(a webtest.Answer) string {
	_, rest, _ := strings.Cut(a.Body, `<section class="mistakes"`)
	summary, _, _ := strings.Cut(rest, "</section>")
	return text(summary)
}

func TestCreateShowsTheNewSheet(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	form := valid()
	form["themes"] = []string{"mobilite", "ruralite"}
	form.Set("body", "## Titre\r\n\r\nUn *mot*.")
	form.Set("problem", "Le samedi, personne ne vient.")
	form.Set("problemWhy", "Trente conversations.")
	a := send(t, c, newExperiment, form, nil)
	e := s.saved(t, a).(*store.Experiment)
	if e.Lab != s.node.Lab.IRI || len(e.Authors) != 1 || e.Authors[0] != s.node.Contributor.IRI || e.Lang != "fr" {
		t.Errorf("saved as %+v", e.Record)
	}
	if len(e.Themes) != 2 || e.Wording() != "Le samedi, personne ne vient." || e.Problems[0].Why != "Trente conversations." {
		t.Errorf("saved themes %v, problems %+v", e.Themes, e.Problems)
	}
	page := c.Get(a.Location)
	if !page.Has("C&#39;est publié", "<h3>Titre</h3>", "<em>mot</em>", "Le samedi, personne ne vient.") {
		t.Error("the page lacks the message or the text")
	}
	if c.Get(a.Location).Has("C&#39;est publié") {
		t.Error("the message is shown twice")
	}
}

func TestNewExperimentIsForTheTeam(t *testing.T) {
	s := newSite(t)
	form := formOf(t, s.As(t, s.node.Contributor), newExperiment)
	if got := form.Get("audience"); got != "team" {
		t.Errorf("got %q, want team", got)
	}
	if got := formOf(t, s.As(t, s.node.Contributor), "/actualites/nouvelle").Get("audience"); got != "" {
		t.Errorf("news choose %q by themselves, want nothing", got)
	}
}

// TestWrongAnswersComeBack sends every kind of wrong answer, in both languages:
// the message stands beside its field, and what was typed is kept.
func TestWrongAnswersComeBack(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	for _, x := range []struct {
		field, value, fr, en string
	}{
		{"title", "  ", "Cette réponse est nécessaire.", "needed"},
		{"title", strings.Repeat("é", 151), "150 caractères au plus", "150 characters at most"},
		{"pitch", "", "Cette réponse est nécessaire.", "needed"},
		{"pitch", strings.Repeat("a", 301), "300 caractères au plus", "300 characters at most"},
		{"stage", "", "Cette réponse est nécessaire.", "needed"},
		{"stage", "lune", "Choisissez une réponse de la liste", "from the list"},
		{"audience", "", "Cette réponse est nécessaire.", "needed"},
		{"audience", "monde", "Choisissez une réponse de la liste", "from the list"},
		{"licence", "MIT", "Choisissez une réponse de la liste", "from the list"},
		{"themes", "licornes", "Choisissez une réponse de la liste", "from the list"},
		{"themes", "mobilite education logement ess communs ruralite", "Il y en a trop : 5 au plus", "5 at most"},
		{"body", strings.Repeat("a", 50_001), "50 000 caractères au plus", "50,000 characters at most"},
	} {
		form := valid()
		form.Set("body", "À garder.")
		form[x.field] = strings.Fields(x.value)
		if x.field != "themes" {
			form.Set(x.field, x.value)
		}
		for prefix, want := range map[string]string{"": x.fr, "/en": x.en} {
			a := send(t, c, prefix+newExperiment, form, nil)
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), want) {
				t.Errorf("%s %s=%.20q: got %d, %q, want 422 and %q", prefix, x.field, x.value, a.Status, mistakes(a), want)
			}
			if !a.Has(`href="#f-`+x.field+`"`, `id="f-`+x.field+`-error"`) {
				t.Errorf("%s: the mistake is not beside its field", x.field)
			}
			kept := fieldsIn(t, a.Body)
			for _, name := range []string{"title", "pitch", "body"} {
				if kept.Get(name) != strings.TrimSpace(form.Get(name)) {
					t.Errorf("%s=%.20q: %s came back as %.20q", x.field, x.value, name, kept.Get(name))
				}
			}
		}
	}
}

func TestPictureNeedsWordsOrIsDecorative(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	a := send(t, c, newExperiment, valid(), pixels(t))
	if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-image-alt-error"`) {
		t.Fatalf("got %d %q, want 422 beside the description", a.Status, mistakes(a))
	}
	form := fieldsIn(t, a.Body)
	if form.Get("image-kept") == "" || !a.Has(`<img src="/media/`) {
		t.Fatal("the uploaded picture was lost")
	}
	form.Set("image-alt", "Une cale à marée basse")
	e := s.saved(t, send(t, c, newExperiment, form, nil)).(*store.Experiment)
	if e.Image == nil || e.Image.Alt != "Une cale à marée basse" || e.Image.Width != 40 || !strings.HasPrefix(e.Image.URL, webtest.BaseURL+"/media/") {
		t.Fatalf("saved the picture %+v", e.Image)
	}
	if page := c.Get(federation.PagePath(&e.Record)); !page.Has(`alt="Une cale à marée basse"`, `property="og:image" content="`+e.Image.URL) {
		t.Error("the page shows no picture, or does not describe it")
	}
	form = valid()
	form.Set("image-decorative", "1")
	if e := s.saved(t, send(t, c, newExperiment, form, pixels(t))).(*store.Experiment); e.Image == nil || e.Image.Alt != "" {
		t.Errorf("saved the decorative picture %+v", e.Image)
	}
}

func TestPictureThatIsNone(t *testing.T) {
	s := newSite(t)
	a := send(t, s.As(t, s.node.Contributor), newExperiment, valid(), []byte("GIF89a, presque"))
	if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-image-error"`) || fieldsIn(t, a.Body).Get("title") != valid().Get("title") {
		t.Errorf("got %d %q", a.Status, mistakes(a))
	}
}

func TestKeptPictureMustBeOfThisNode(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	for _, kept := range []string{
		`{"url":"https://tracker.example/media/a.png"}`, `{"url":"` + webtest.BaseURL + `/media/../admin.png"}`,
		`{"url":"` + webtest.BaseURL + `.evil.example/media/a.png"}`, `{"url":"javascript:alert(1)"}`, `[]`, `nonsense`,
	} {
		form := valid()
		form.Set("image-kept", kept)
		form.Set("image-alt", "x")
		if e := s.saved(t, send(t, c, newExperiment, form, nil)); e.Envelope().Image != nil {
			t.Errorf("%s was taken: %+v", kept, e.Envelope().Image)
		}
	}
}

func TestEditKeepsWhatIsNotAskedFor(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	form := valid()
	form.Set("problem", "Premier problème.")
	form.Set("image-decorative", "1")
	e := s.saved(t, send(t, c, newExperiment, form, pixels(t))).(*store.Experiment)
	path := federation.PagePath(&e.Record) + "/modifier"
	form = formOf(t, c, path)
	if form.Get("problem") != "Premier problème." {
		t.Errorf("the form begins with the problem %q", form.Get("problem"))
	}
	form.Set("title", "Un autre titre")
	form.Set("stage", "mandat")
	form.Set("stageNote", "Accord signé.")
	a := send(t, c, path, form, nil)
	again := s.saved(t, a).(*store.Experiment)
	if again.ID != e.ID || again.Image == nil || len(again.Problems) != 1 || again.Version != 2 || again.Authors[0] != s.node.Contributor.IRI {
		t.Errorf("saved %+v, problems %+v", again.Record, again.Problems)
	}
	if len(again.Stages) != 2 || again.Stages[1].Note != "Accord signé." {
		t.Errorf("saved stages %+v", again.Stages)
	}
	if !strings.HasPrefix(a.Location, "/e/un-autre-titre-") {
		t.Errorf("leads to %q, want the new title's address", a.Location)
	}
	page := c.Get(a.Location)
	if !page.Has("Accord signé.", "passe à une nouvelle étape") {
		t.Error("the page lacks the note of the stage, or the news that tells of it")
	}
}

func TestPictureCanBeRemoved(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	form := valid()
	form.Set("image-decorative", "1")
	e := s.saved(t, send(t, c, newExperiment, form, pixels(t)))
	path := federation.PagePath(e.Envelope()) + "/modifier"
	form = formOf(t, c, path)
	form.Set("image-remove", "1")
	if again := s.saved(t, send(t, c, path, form, nil)); again.Envelope().Image != nil {
		t.Errorf("still has %+v", again.Envelope().Image)
	}
}

func TestStaleFormIsNotSaved(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Admin)
	r := s.publish(t, s.node.Admin, experiment("Ensemble", store.Public))
	path := federation.PagePath(r) + "/modifier"
	mine, theirs := formOf(t, c, path), formOf(t, c, path)
	theirs.Set("pitch", "Leur version.")
	s.saved(t, send(t, c, path, theirs, nil))
	mine.Set("pitch", "Ma version.")
	a := send(t, c, path, mine, nil)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), "entre-temps") {
		t.Fatalf("got %d %q", a.Status, mistakes(a))
	}
	if again := fieldsIn(t, a.Body); again.Get("pitch") != "Ma version." || again.Get("version") != "2" {
		t.Errorf("came back with %q of version %s", again.Get("pitch"), again.Get("version"))
	}
	if got := s.record(t, r.ID).Envelope().Pitch; got != "Leur version." {
		t.Errorf("the store holds %q", got)
	}
}

func TestOnlyAuthorsAndRunnersEdit(t *testing.T) {
	s := newSite(t)
	r := s.publish(t, s.node.Admin, experiment("Le mien", store.Public))
	path := federation.PagePath(r)
	other := s.As(t, s.node.Contributor)
	for _, end := range []string{"/modifier", "/supprimer"} {
		if got := other.Get(path + end).Status; got != http.StatusForbidden {
			t.Errorf("%s of a colleague: got %d, want 403", end, got)
		}
		if got := other.Post(path+end, valid()).Status; got != http.StatusForbidden {
			t.Errorf("%s sent by a colleague: got %d, want 403", end, got)
		}
		if got := s.Visitor(t).Post(path+end, valid()).Status; got != http.StatusUnauthorized {
			t.Errorf("%s sent by a visitor: got %d, want 401", end, got)
		}
	}
	if got := s.Visitor(t).Post(newExperiment, valid()).Status; got != http.StatusUnauthorized {
		t.Errorf("creating as a visitor: got %d, want 401", got)
	}
	if got := s.As(t, s.node.Admin).PostFrom("https://evil.example", path+"/supprimer", nil).Status; got != http.StatusForbidden {
		t.Errorf("deleting from another site: got %d, want 403", got)
	}
	if got := s.record(t, r.ID).Envelope().Version; got != 1 {
		t.Errorf("it was changed: version %d", got)
	}
}

func TestDelete(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	r := s.publish(t, s.node.Contributor, experiment("À retirer", store.Public))
	path := federation.PagePath(r)
	if a := c.Get(path + "/supprimer"); !a.Has("À retirer", "La garder", "Son adresse ne servira plus jamais.", "priés de la retirer") {
		t.Error("the question does not say what will happen")
	}
	a := c.Post(path+"/supprimer", nil)
	if a.Status != http.StatusSeeOther || a.Location != "/experimentations" {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	if !c.Get(a.Location).Has("C&#39;est supprimé.") {
		t.Error("nothing says that it is deleted")
	}
	if got := c.Get(path).Status; got != http.StatusGone {
		t.Errorf("its page: got %d, want 410", got)
	}
}

func TestNewsInAThread(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	root := s.publish(t, s.node.Admin, experiment("Le fil", store.LabOnly))
	path := "/actualites/nouvelle?sur=" + root.ID.String()
	form := formOf(t, c, path)
	if form.Get("audience") != "lab" || form.Get("sur") != root.ID.String() {
		t.Errorf("the form begins as %v", form)
	}
	form.Set("body", "Une **avancée**.")
	form.Set("audience", "public")
	a := send(t, c, "/actualites/nouvelle", form, nil)
	if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-audience-error"`) {
		t.Fatalf("wider than its thread: got %d %q", a.Status, mistakes(a))
	}
	form.Set("audience", "team")
	a = send(t, c, "/actualites/nouvelle", form, nil)
	news := s.saved(t, a).Envelope()
	if news.InReplyTo != root.IRI || news.Root != root.ID || news.Audience != store.Team {
		t.Errorf("saved %+v", news)
	}
	if page := c.Get(federation.PagePath(root)); !page.Has("<strong>avancée</strong>", `id="n-`+news.ID.String()+`"`, "1 nouvelle ou réponse") {
		t.Error("the thread lacks the news")
	}
	if page := c.Get(federation.PagePath(news)); !page.Has("Le fil") {
		t.Error("the news does not lead to its thread")
	}
}

func TestFormThatIsTooLarge(t *testing.T) {
	s := newSite(t)
	a := send(t, s.As(t, s.node.Contributor), newPath(replyKind), valid(), make([]byte, maxForm+1))
	if a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", a.Status)
	}
}

func TestMirroredRecordCannotBeEdited(t *testing.T) {
	s := newSite(t)
	other := s.neighbour(t, "calanques")
	r := s.mirror(t, other, experiment("Ailleurs", store.Public))
	if got := s.As(t, s.node.Admin).Get(federation.PagePath(r) + "/modifier").Status; got != http.StatusForbidden {
		t.Errorf("got %d, want 403", got)
	}
}
