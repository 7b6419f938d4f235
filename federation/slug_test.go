package federation

import "testing"

func TestSlugIsPlain(t *testing.T) {
	for title, want := range map[string]string{
		"":                             "",
		"Accès aux droits":             "acces-aux-droits",
		"L’œuvre — déjà vue ?":         "l-oeuvre-deja-vue",
		"  ***  ":                      "",
		"../../etc/passwd":             "etc-passwd",
		"北京":                           "",
		"Été 2026 : 3 labos, 1 marché": "ete-2026-3-labos-1-marche",
		"\u202eretournement\u0000zéro": "retournement-zero",
	} {
		if got := Slug(title); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("Accès aux droits")
	f.Add("—œ\xff")
	f.Fuzz(func(t *testing.T, title string) {
		s := Slug(title)
		if len(s) > maxSlug+1 || Slug(s) != s {
			t.Errorf("%q: got %q, then %q", title, s, Slug(s))
		}
		for _, c := range s {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				t.Errorf("%q: %q in %q", title, c, s)
			}
		}
	})
}
