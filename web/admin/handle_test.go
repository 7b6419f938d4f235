package admin

import "testing"

func TestProposedHandleIsTheFirstLabelOfAName(t *testing.T) {
	for host, want := range map[string]string{
		"bretagne.localhost:8101": "bretagne", "estran.example": "estran", "www.estran.example": "labo", "ti-lab.example": "labo",
		"localhost:8080": "labo", "127.0.0.1:8101": "labo", "[::1]:8101": "labo", "admin.example": "labo",
	} {
		if got := proposedHandle(host); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

func TestProfileTextComesBackAsItWas(t *testing.T) {
	for _, text := range []string{"", "Une ligne", "Deux\nlignes", "Voir https://estran.example/a_b", "5 < 6 & 7 > 2"} {
		if got := profileText(profileHTML(text)); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}
