package assets

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

var noon = time.Date(2026, 3, 7, 11, 30, 0, 0, time.UTC)

// newRenderer is a renderer with the shared templates and the sample pages.
func newRenderer(t testing.TB) *Renderer {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(zone, os.DirFS("testdata/pages"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// request is a GET of path in lang, as the handlers behind Language see it.
func request(lang Lang, path string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	return r.WithContext(WithLang(r.Context(), lang))
}

type listPage struct {
	Page
	Lead  string
	Count string
	Cards []Card
	Pager Pager
	Empty Empty
}

type recordPage struct {
	Page
	Lead     string
	Body     template.HTML
	Stepper  Stepper
	Badges   []Badge
	Progress Progress
	Table    Table
}

type formPage struct {
	Page
	Fields []Field
}

// samplePages is every page by the name of its template, with all parts in use.
func samplePages(r *Renderer, req *http.Request) map[string]any {
	return map[string]any{
		"list.html":    sampleList(samplePage(r, req, "Expérimentations", "experiments")),
		"record.html":  sampleRecord(samplePage(r, req, "Un guichet mobile qui vient au village", "experiments")),
		"form.html":    sampleForm(r, req),
		"confirm.html": sampleConfirm(samplePage(r, req, "Supprimer cette fiche ?", "experiments")),
		"error.html":   sampleFailure(samplePage(r, req, "Cette page n'existe pas", "")),
	}
}

func samplePage(r *Renderer, req *http.Request, title, section string) Page {
	p := r.NewPage(req, Site{
		Name: "Labo de l'Estran (démo)", Handle: "@estran@estran.localhost:8401", Territory: "Bretagne",
		BaseURL: "http://estran.localhost:8401", Version: "0.1.0", SourceURL: "https://src.example/essaim", Demo: true,
	}, title)
	p.Section, p.Description = section, "Une page pour voir toutes les parties."
	p.Viewer = &Viewer{Name: "Nolwenn Exemple", Handle: "nolwenn", Admin: true}
	p.Crumbs = []Link{{"Accueil", "/"}, {"Expérimentations", "/experimentations"}}
	p.Feeds = []Feed{{"application/activity+json", "/o/1", ""}}
	return p
}

func sampleList(p Page) listPage {
	p.Crumbs = p.Crumbs[:1]
	p.Flash = &Flash{"ok", "Votre expérimentation est publiée. Trois labos la reçoivent en ce moment."}
	card := func(kind, text, title, pitch string, level int, stage string) Card {
		return Card{
			Kind: kind, KindText: text, ID: title, Title: title, Href: "/e/" + kind + "-1", Pitch: pitch,
			Stage: &Stage{stage, level}, Origin: Origin{Name: "Labo de l'Estran", Href: "/lab"}, Territory: "Finistère",
			Themes: []Link{{"accès aux droits", "/experimentations?theme=acces-aux-droits"}, {"ruralité", ""}}, Date: noon,
		}
	}
	cards := []Card{
		card("experiment", "Expérimentation", "Un guichet mobile qui vient au village", "Une camionnette, deux agents, un jour par commune : les démarches se font au pied de la mairie.", 2, "En cours"),
		card("experiment", "Expérimentation", "Relire les courriers avec celles et ceux qui les reçoivent", "Douze lettres de relance récrites en atelier ; les appels au standard baissent d'un tiers.", 4, "Généralisée"),
		card("news", "Nouvelle", "Premier bilan du guichet mobile", "Huit communes, 214 personnes reçues, et une leçon sur les horaires.", 3, "Évaluation"),
		card("event", "Événement", "Atelier : tester un site en blanc", "Deux heures pour essayer une brique numérique avant de l'écrire.", 1, "Préparation"),
		card("need", "Besoin", "Cherche facilitatrice en juin", "Trois jours, à Brest, pour un comité d'usagers.", 0, "Idée"),
		card("experiment", "Expérimentation", "La borne d'accueil que personne n'utilisait", "Arrêtée au bout de deux mois, et ce que nous en gardons.", 5, "Arrêtée"),
	}
	cards[1].Origin = Origin{Name: "Labo des Calanques", Href: "/reseau/calanques.localhost:8402", Remote: true}
	cards[4].Audience, cards[2].Stage, cards[3].Stage, cards[4].Stage = "Équipe seulement", nil, nil, nil
	return listPage{
		Page: p, Count: "6 fiches", Cards: cards, Lead: "Ce que les labos essaient, ce qu'ils apprennent, et ce qui peut se refaire chez vous.",
		Pager: Pager{Newer: "/experimentations?page=1", Older: "/experimentations?page=3", Position: "Page 2 sur 7"},
		Empty: Empty{
			"Rien encore pour « accueil » dans le Finistère", "D'autres labos y travaillent peut-être. Élargissez la recherche, ou dites ce dont vous avez besoin.",
			[]Link{{"Élargir à la Bretagne", "/experimentations?territoire=region:53"}, {"Voir le réseau", "/reseau"}},
		},
	}
}

func sampleRecord(p Page) recordPage {
	step := func(text string, level int, state string, day int, note string) Step {
		s := Step{Stage: Stage{text, level}, State: state, Note: note}
		if day > 0 {
			s.Date = noon.AddDate(0, 0, day)
		}
		return s
	}
	return recordPage{
		Page: p, Lead: "Une camionnette, deux agents, un jour par commune : les démarches se font au pied de la mairie.",
		Body: "<h2>Problème</h2><p>La moitié des habitants vit à plus de trente minutes d'un guichet. <a href=\"https://exemple.invalid/enquete\">L'enquête de 2025</a> le mesure, commune par commune.</p>" +
			"<h2>Ce qu'on a appris</h2><p>Le matin, personne ne vient ; le jour du marché, la file ne désemplit pas. <em>Nous avions prévu l'inverse.</em></p><ul><li>Venir le jour du marché</li><li>Garder la même équipe</li></ul><blockquote><p>Il fallait une table dehors, pas un bureau dedans.</p></blockquote>",
		Stepper: Stepper{"Étapes de l'expérimentation", []Step{
			step("Idée", 0, "done", 1, ""), step("Préparation", 1, "done", 40, ""),
			step("En cours", 2, "current", 90, "Huit communes"), step("Évaluation", 3, "todo", 0, ""), step("Généralisée", 4, "todo", 0, ""),
		}},
		Badges:   []Badge{{Tone: "ok", Text: "Accepté"}, {Tone: "info", Text: "Demandé"}, {Tone: "warn", Text: "Injoignable depuis 3 jours"}, {Tone: "err", Text: "Refusé"}, {Tone: "plain", Text: "Brouillon"}},
		Progress: Progress{"Réception du catalogue", 12, 40, "12 fiches sur 40"},
		Table: Table{"Labos suivis", []Column{{"Labo", false}, {"État", false}, {"Dernier échange", false}, {"Fiches", true}}, [][]Cell{
			{{Text: "Labo des Calanques", Href: "/reseau/calanques.localhost:8402"}, {Badge: &Badge{Tone: "ok", Text: "Accepté"}}, {Time: noon}, {Text: "1 248"}},
			{{Text: "Labo du Piton", Href: "/reseau/piton.localhost:8405"}, {Badge: &Badge{Tone: "warn", Text: "Injoignable"}}, {Time: noon.AddDate(0, 0, -3)}, {Text: "87"}},
		}},
	}
}

func sampleForm(r *Renderer, req *http.Request) formPage {
	p := samplePage(r, req, "Nouvelle expérimentation", "experiments")
	fields := []Field{
		{Name: "title", Label: "Titre", Hint: "Ce que vous essayez, en une ligne.", Required: true, MaxLength: 120, Spellcheck: true},
		{Name: "pitch", Label: "En une phrase", Type: "textarea", Rows: 3, Value: "Une camionnette, deux agents", Required: true},
		{Name: "stage", Label: "Étape", Type: "select", Value: "b", Choices: []Choice{{"a", "Idée", ""}, {"b", "En cours", ""}}},
		{Name: "audience", Label: "Qui peut la lire ?", Type: "radios", Value: "team", Choices: []Choice{{"team", "L'équipe", "Personne d'autre."}, {"public", "Tout le monde", "Elle part dans le réseau."}}},
		{Name: "themes", Label: "Thèmes", Type: "checkboxes", Values: []string{"b"}, Choices: []Choice{{"a", "accès aux droits", ""}, {"b", "ruralité", ""}}},
		{Name: "image", Label: "Image", Type: "file", Accept: "image/*"},
		{Name: "alt", Label: "Description de l'image", Hint: "Pour les personnes qui ne la voient pas."},
		{Name: "day", Label: "Depuis le", Type: "date", Value: "2026-03-07"},
		{Name: "password", Label: "Mot de passe", Type: "password", Value: "secret", Autocomplete: "current-password"},
		{Name: "news", Label: "L'annoncer dans le fil", Type: "checkbox", Value: "1"},
		{Name: "id", Type: "hidden", Value: "7"},
	}
	err := store.FieldErrors{
		{Field: "title", Reason: "error.required"},
		{Field: "alt", Reason: "error.alt-required"},
	}
	p.Errors = r.Catalog.Mistakes(LangOf(req.Context()), err, fields)
	return formPage{p, fields}
}

func sampleConfirm(p Page) Confirm {
	return Confirm{
		Page: p, Text: "La fiche disparaît d'ici et des labos qui la suivent.", Points: []string{"Trois labos l'ont reçue.", "Son adresse ne servira plus jamais."},
		Action: "/e/x-1/supprimer", Button: "Supprimer la fiche", Danger: true, Hidden: []Hidden{{"version", "3"}}, Back: Link{"Garder la fiche", "/e/x-1"},
	}
}

func sampleFailure(p Page) Failure {
	return Failure{
		Page: p, Status: 500, Text: "Rien de ce que vous aviez enregistré n'est perdu.",
		RequestID: "k7q2m9", Actions: []Link{{"Revenir à l'accueil", "/"}},
	}
}
