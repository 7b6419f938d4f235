package federation

import "testing"

func TestWhatIsOfThisNodeIsSoInEverySpelling(t *testing.T) {
	n := New(Config{BaseURL: "https://labo.example"})
	for iri, want := range map[string]bool{
		"https://labo.example": true, "https://labo.example/o/1": true, "https://LABO.example:443/o/1": true,
		"https://labo.example.evil.example/": false, "http://labo.example/o/1": false, "https://labo.example:8443/": false, "": false,
	} {
		if got := n.IsLocal(iri); got != want {
			t.Errorf("%s: got %v, want %v", iri, got, want)
		}
	}
}
