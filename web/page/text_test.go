package page

import (
	"html/template"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestOutlineNeverSkipsALevel(t *testing.T) {
	for in, want := range map[string]string{
		"<p>a</p>":                                           "<p>a</p>",
		"<h4>a</h4><p>x</p><h4>b</h4>":                       "<h3>a</h3><p>x</p><h3>b</h3>",
		"<h1>a</h1><h3>b</h3><h5>c</h5>":                     "<h3>a</h3><h4>b</h4><h5>c</h5>",
		"<h5>a</h5><h3>b</h3>":                               "<h3>a</h3><h3>b</h3>",
		"<h3>a</h3><h6>b</h6><h3>c</h3>":                     "<h3>a</h3><h4>b</h4><h3>c</h3>",
		"<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5>": "<h3>1</h3><h4>2</h4><h5>3</h5><h6>4</h6><h6>5</h6>",
		"<hr><p>&lt;h1</p>":                                  "<hr><p>&lt;h1</p>",
	} {
		if got := outline(topHeading, template.HTML(in)); string(got) != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestTitleIsNotShownTwice(t *testing.T) {
	r := &store.Record{Title: "L'été & l'hiver", Pitch: "Une accroche."}
	content := template.HTML("<p><strong>L&#39;été &amp; l&#39;hiver</strong></p><p>Une accroche.</p><p>La suite.</p>")
	if got := withoutTitle(content, r); got != "<p>La suite.</p>" {
		t.Errorf("got %s", got)
	}
	other := template.HTML("<p>Une accroche.</p>")
	if got := withoutTitle(other, r); got != other {
		t.Errorf("got %s, want it as it was", got)
	}
}

func TestThemeOfAnySpelling(t *testing.T) {
	for tag, want := range map[string]string{
		"acces-aux-droits": "acces-aux-droits", "AccesAuxDroits": "acces-aux-droits", "#accesauxdroits": "acces-aux-droits",
		"mobilité": "", "": "", "velo": "",
	} {
		if got := themeOf(tag); got != want {
			t.Errorf("%q: got %q, want %q", tag, got, want)
		}
	}
}
