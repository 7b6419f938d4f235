package drawing

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"golang.org/x/image/font"
)

func TestCardsAreSmallAndHoldAnyTitle(t *testing.T) {
	seen := map[string]bool{}
	for _, title := range []string{
		"", "Un guichet à marée basse", strings.Repeat("œuvre ", 100), strings.Repeat("W", 500), "\x00\u202e\ufeff 漢字",
	} {
		data, err := Card{Site: "Labo de l'Estran", Kind: "Expérimentation", Title: title, Foot: "Bretagne"}.PNG()
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != CardWidth || img.Bounds().Dy() != CardHeight || len(data) > 60<<10 {
			t.Errorf("%q: %v, %d bytes", title, err, len(data))
		}
		if seen[string(data)] {
			t.Errorf("%q looks like another title", title)
		}
		seen[string(data)] = true
	}
}

func TestTitlesAreCutWhereTheCardEnds(t *testing.T) {
	f, err := faces()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{strings.Repeat("mot ", 200), strings.Repeat("x", 1000), "court"} {
		lines := wrap(f.large, text, 600)
		if len(lines) > maxLines || strings.HasSuffix(lines[len(lines)-1], "…") != (text != "court") {
			t.Errorf("%.10s: got %q", text, lines)
		}
		for _, line := range lines {
			if font.MeasureString(f.large, line).Ceil() > 600 {
				t.Errorf("%q is too wide", line)
			}
		}
	}
}

func TestCodesSayTheirAddressAndEscapeTheirText(t *testing.T) {
	code := string(QR("https://estran.example/e/un-guichet-1", `Code de "la" <fiche>`))
	if !strings.Contains(code, `aria-label="Code de &#34;la&#34; &lt;fiche&gt;"`) || !strings.Contains(code, "M4 4h1v1h-1z") {
		t.Errorf("got %.200s", code)
	}
	if QR(strings.Repeat("x", 5000), "") != "" {
		t.Error("what no code holds has one")
	}
}

func BenchmarkCard(b *testing.B) {
	for b.Loop() {
		if _, err := (Card{Site: "Labo", Kind: "Expérimentation", Title: "Un guichet à marée basse, ouvert quand les gens sont là"}).PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
