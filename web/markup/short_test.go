package markup

import (
	"strings"
	"testing"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
)

// A link that shows its own address shows its host and the beginning of its path,
// however its author wrote it, and says in its title where it leads; any other text
// stays as written.
func TestLinksShowTheHostAndTheBeginningOfThePath(t *testing.T) {
	const whole = "https://labo.example/e/un-tres-long-titre-de-fiche-27182818284"
	link := func(text, title string) string {
		return `<p>Lire <a href="` + whole + `" rel="nofollow noopener"` + title + `>` + text + `</a></p>`
	}
	short := link("labo.example/e/un-tres-long-titre-de-fic…", ` title="`+whole+`"`)
	for in, want := range map[template.HTML]string{
		Markdown("Lire " + whole):                          short,
		Federated(link(whole, "")):                         short,
		Federated(link(whole[len("https://"):], "")):       short,
		Federated(link("la fiche", "")):                    link("la fiche", ""),
		Federated(link("https://autre.example/fiche", "")): link("https://autre.example/fiche", ""),
		Federated(link(`<span class="invisible">https://</span><span class="ellipsis">`+whole[8:30]+`</span><span class="invisible">`+whole[30:]+`</span>`, "")): short,
		Markdown("http://labo.example/"): `<p><a href="http://labo.example/" rel="nofollow noopener" title="http://labo.example/">labo.example</a></p>`,
		Markdown("Rien"):                 "<p>Rien</p>",
		Markdown("https://un-nom-d-hote-vraiment-tres-long.exemple.collectivite.example/x"): `<p><a href="https://un-nom-d-hote-vraiment-tres-long.exemple.collectivite.example/x" rel="nofollow noopener" ` +
			`title="https://un-nom-d-hote-vraiment-tres-long.exemple.collectivite.example/x">un-nom-d-hote-vraiment-tres-long.exemple.collectivite.example/…</a></p>`,
	} {
		if got := strings.TrimSpace(string(ShortLinks(in))); got != want {
			t.Errorf("%s: got\n%s, want\n%s", in, got, want)
		}
	}
}
